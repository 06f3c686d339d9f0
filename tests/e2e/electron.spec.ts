import { en, PATIENCE, signIn, wholeBoard } from "./steps.ts";
import { expect, test } from "./ward.ts";

/** What only Electron's shell must withstand. On the stand-in this shows our wiring, not Electron's walls. */
test("The page cannot leave, open a window, reach the network, run what was injected or be given a permission", async ({
  newPc,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible(PATIENCE);
  const here = page.url();

  const tried = await page.evaluate(async () => {
    const fails = (attempt: () => Promise<unknown>) =>
      attempt().then(
        () => "allowed",
        () => "refused",
      );
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.head.append(script);
    return {
      window: window.open("https://example.com/") === null ? "refused" : "allowed",
      fetch: await fails(() => fetch("https://example.com/")),
      socket: await fails(
        () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket("wss://example.com/");
            socket.addEventListener("open", resolve);
            socket.addEventListener("error", reject);
          }),
      ),
      camera: await fails(() => navigator.mediaDevices.getUserMedia({ video: true })),
      notification: await Notification.requestPermission().then((answer) =>
        answer === "granted" ? "allowed" : "refused",
      ),
      script: "injected" in window ? "allowed" : "refused",
      node: ["require", "process", "module", "Buffer"].some((name) => name in window)
        ? "allowed"
        : "refused",
    };
  });
  expect(tried).toEqual({
    window: "refused",
    fetch: "refused",
    socket: "refused",
    camera: "refused",
    notification: "refused",
    script: "refused",
    node: "refused",
  });

  await page.evaluate(() => window.location.assign("https://example.com/"));
  await expect(page.getByRole("heading", { name: en.lock.choose })).toBeVisible();
  expect(page.url()).toBe(here);
});

test("A page is given one port: who asks again in the same page gets none", async ({
  newPc,
  nurse,
}) => {
  const pc = await newPc();
  const { page } = await pc.start();
  await signIn(page, nurse);
  await wholeBoard(page);
  const second = await page.evaluate(
    () =>
      new Promise((resolve) => {
        window.addEventListener("message", (event) => {
          if (event.ports.length > 0) resolve("a second port");
        });
        window.postMessage("amanah:connect", window.location.origin);
        setTimeout(resolve, 1_500, "none");
      }),
  );
  expect(second).toBe("none");
  await expect(page.getByRole("heading", { name: en.ward.title })).toBeAttached();
});
