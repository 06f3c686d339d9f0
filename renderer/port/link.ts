import type { ClientContext, ClientLink, ClientOptions } from "@orpc/client";

/** The port to the service is gone: nothing was answered, and nothing will be over this port. */
export class PortClosed extends Error {
  override readonly name = "PortClosed";
}
/** The service did not answer within the deadline. Whether it did the work is unknown. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

/**
 * Wraps a link so that no call can hang: oRPC leaves calls made after a port has died pending for ever, and a service
 * that is stuck never answers. A live stream (`endless`) has no deadline, but ends with the port.
 */
export function guardLink<C extends ClientContext>(
  link: ClientLink<C>,
  port: {
    readonly closed: AbortSignal;
    readonly deadlineMs: number;
    readonly endless: (path: readonly string[]) => boolean;
  },
): ClientLink<C> {
  return {
    async call(
      path: readonly string[],
      input: unknown,
      options: ClientOptions<C>,
    ): Promise<unknown> {
      if (port.closed.aborted) throw gone();
      const late = new AbortController();
      const signal = AbortSignal.any([late.signal, ...(options.signal ? [options.signal] : [])]);
      const settled = new AbortController();
      const interrupted = new Promise<never>((_resolve, reject) => {
        port.closed.addEventListener("abort", () => reject(gone()), { signal: settled.signal });
        signal.addEventListener("abort", () => reject(asError(signal.reason)), {
          signal: settled.signal,
        });
      });
      const timer = port.endless(path)
        ? undefined
        : setTimeout(
            () => late.abort(new DeadlineExceeded(`No answer to ${path.join(".")} in time.`)),
            port.deadlineMs,
          );
      try {
        return await Promise.race([link.call(path, input, { ...options, signal }), interrupted]);
      } finally {
        clearTimeout(timer);
        settled.abort();
      }
    },
  };
}

function gone(): PortClosed {
  return new PortClosed("The connection to the service has closed.");
}

function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new DOMException("The call was cancelled.", "AbortError");
}
