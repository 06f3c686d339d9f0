import { setTimeout as sleep } from "node:timers/promises";
import koffi, { type LibraryHandle, type TypeObject } from "koffi";
import { pcscLayout } from "./pcsc-layout.ts";
import { CODE, PcscError, type Handle, type Pcsc, type ReaderState } from "./pcsc.ts";

const SCOPE_SYSTEM = 2;
const SHARE_SHARED = 2;
const PROTOCOL_T0_OR_T1 = 3;
const LEAVE_CARD = 0;
/** A short response: 256 bytes and the two of the status. */
const RESPONSE_BYTES = 258;
/** The pseudo-reader whose change means that readers came or went. */
const PLUG_AND_PLAY = "\\\\?PnP?\\Notification";

/** PC/SC of this machine. Throws where its library is absent. `now` is the monotonic clock in milliseconds. */
export function loadPcsc(platform: NodeJS.Platform, now: () => number): Pcsc {
  const layout = pcscLayout(platform);
  const { DWORD, HANDLE, LONG, suffix } = layout;
  const library = koffi.load(layout.library);
  const func = (name: string, parameters: Parameter[]) => ({
    name,
    call: library.func(name, LONG, parameters),
  });
  const outHandle = koffi.out(koffi.pointer(HANDLE));
  const inoutDword = koffi.inout(koffi.pointer(DWORD));

  const establish = func("SCardEstablishContext", [DWORD, "void *", "void *", outHandle]);
  const release = func("SCardReleaseContext", [HANDLE]);
  const cancel = func("SCardCancel", [HANDLE]);
  const list = func(`SCardListReaders${suffix}`, [HANDLE, "void *", "void *", inoutDword]);
  const statusChange = func(`SCardGetStatusChange${suffix}`, [
    HANDLE,
    DWORD,
    koffi.inout(koffi.pointer(layout.SCARD_READERSTATE)),
    DWORD,
  ]);
  const connect = func(`SCardConnect${suffix}`, [
    HANDLE,
    "const char *",
    DWORD,
    DWORD,
    outHandle,
    koffi.out(koffi.pointer(DWORD)),
  ]);
  const disconnect = func("SCardDisconnect", [HANDLE, DWORD]);
  const begin = func("SCardBeginTransaction", [HANDLE]);
  const end = func("SCardEndTransaction", [HANDLE, DWORD]);
  const transmit = func("SCardTransmit", [
    HANDLE,
    koffi.pointer(layout.SCARD_IO_REQUEST),
    "void *",
    DWORD,
    "void *",
    "void *",
    inoutDword,
  ]);

  return {
    async establish() {
      const context: Handle[] = [0];
      await succeed(establish, SCOPE_SYSTEM, null, null, context);
      return first(context);
    },
    release: (context) => succeed(release, context),
    cancel: (context) => succeed(cancel, context),

    async readers(context) {
      const length: Handle[] = [0];
      if ((await call(list, context, null, null, length)) === CODE.noReaders) return [];
      const names = Buffer.alloc(Number(first(length)));
      const code = await call(list, context, null, names, length);
      if (code === CODE.noReaders) return [];
      if (code !== CODE.success) throw new PcscError(list.name, code);
      return names.toString("latin1").split("\0").filter(Boolean);
    },

    async statusChange(context, timeoutMs, states) {
      const asked = states.map(toStruct);
      // Its high word is the number of readers we know of.
      if (layout.tellsOfReaders)
        asked.push(toStruct({ reader: PLUG_AND_PLAY, state: states.length * 0x1_0000 }));
      if (asked.length === 0) {
        await sleep(timeoutMs);
        return { at: now(), states: null };
      }
      let at = 0;
      const code = await call(statusChange, context, timeoutMs, asked, asked.length, () => {
        at = now();
      });
      if (code === CODE.timeout) return { at, states: null };
      if (code !== CODE.success) throw new PcscError(statusChange.name, code);
      return {
        at,
        states: states.map(({ reader, state }, index) => ({
          reader,
          state: asked[index]?.dwEventState ?? state,
        })),
      };
    },

    async connect(context, reader) {
      const handle: Handle[] = [0];
      const protocol: number[] = [0];
      await succeed(connect, context, reader, SHARE_SHARED, PROTOCOL_T0_OR_T1, handle, protocol);
      return { handle: first(handle), protocol: Number(protocol[0]) };
    },
    disconnect: ({ handle }) => succeed(disconnect, handle, LEAVE_CARD),
    begin: ({ handle }) => succeed(begin, handle),
    end: ({ handle }) => succeed(end, handle, LEAVE_CARD),

    async transmit({ handle, protocol }, command) {
      const response = Buffer.alloc(RESPONSE_BYTES);
      const length = [response.length];
      const header = {
        dwProtocol: protocol,
        cbPciLength: koffi.sizeof(layout.SCARD_IO_REQUEST),
      };
      await succeed(
        transmit,
        handle,
        header,
        Buffer.from(command),
        command.length,
        null,
        response,
        length,
      );
      return response.subarray(0, Number(length[0]));
    },
  };
}

type Parameter = string | TypeObject | ReturnType<typeof koffi.out>;
type Call = { readonly name: string; readonly call: ReturnType<LibraryHandle["func"]> };
type Returned = () => void;

/** The return code as an unsigned number. A function as the last argument is run at once when the call is back. */
function call({ call: native }: Call, ...given: readonly unknown[]): Promise<number> {
  const last = given.at(-1);
  const returned = typeof last === "function" ? (last as Returned) : null;
  const parameters = returned === null ? given : given.slice(0, -1);
  return new Promise((resolve, reject) => {
    native.async(...parameters, (error: Error | null, code: unknown) => {
      returned?.();
      if (error === null) resolve(Number(code) >>> 0);
      else reject(error);
    });
  });
}

async function succeed(what: Call, ...parameters: readonly unknown[]): Promise<void> {
  const code = await call(what, ...parameters);
  if (code !== CODE.success) throw new PcscError(what.name, code);
}

function toStruct({ reader, state }: ReaderState) {
  return {
    szReader: reader,
    pvUserData: null,
    dwCurrentState: state,
    dwEventState: 0,
    cbAtr: 0,
    rgbAtr: [] as number[],
  };
}

function first(values: readonly Handle[]): Handle {
  const [value] = values;
  if (value === undefined) throw new Error("PC/SC gave no handle.");
  return value;
}
