/**
 * Does in one go what is asked for while the go before is under way: a commit waits for the disk whatever is in it. Nobody
 * waits for more to come. A go that fails, fails for all who were in it.
 */
export function gather<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
): (item: T) => Promise<R> {
  type Waiting = { readonly item: T; resolve(value: R): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const answers = await work(group.map(({ item }) => item));
        for (const [index, { resolve, reject }] of group.entries()) {
          if (index in answers) resolve(answers[index] as R);
          else reject(new Error("no answer"));
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running = false;
  }
  return async (item) =>
    await new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
}
