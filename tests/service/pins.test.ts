import { describe, expect, test } from "vitest";
import { confirmationOf } from "../../electron/service/vault/index.ts";
import { EnrolmentRequest } from "../../shared/trust/index.ts";
import { deskOf, rosterOf } from "./desk-room.ts";
import { openPeopleScene } from "./people-scene.ts";
import { entering, openWard, rounds, signIn, until } from "./ward-pc.ts";

const here = openPeopleScene();
const { person } = here;

// Each person of the demo has one part in this file: what becomes of her in one test is nothing to the others.
describe("a changed PIN", () => {
  test("counts here at once, the old one opens nothing, and other PCs have it from the HIS", async () => {
    const layla = person("doctor-layla");
    const { client } = await here.scene.pc("pc-pin");
    const other = await here.scene.pc("pc-pin-2");
    await signIn(client, layla);
    await signIn(other.client, person("nurse-grace"));
    await other.client.session.signOut({});
    const change = (pin: string, wanted: string) => client.session.changePin({ pin, wanted });
    await expect(change("000000", "836151")).rejects.toMatchObject({ code: "WRONG_PIN" });
    for (const [wanted, problem] of [
      ["123456", "run"],
      ["25011980", "birthday"],
      [layla.pin, "same"],
    ] as const)
      await expect(change(layla.pin, wanted)).rejects.toMatchObject({
        code: "PIN_REFUSED",
        data: { problem },
      });
    await change(layla.pin, "836151");
    expect((await client.status()).session.state).toBe("open");
    await client.session.signOut({});
    await expect(entering(client, layla)).rejects.toMatchObject({ code: "WRONG_PIN" });
    const changed = { ...layla, pin: "836151" };
    expect((await entering(client, changed)).session.state).toBe("open");

    await until(
      "the HIS carries it",
      () => here.reader.json(`Basic/pin-change-${layla.id}`),
      ({ status }) => status === 200,
    );
    await rounds(here.scene, 4);
    await expect(entering(other.client, layla)).rejects.toMatchObject({ code: "WRONG_PIN" });
    expect((await entering(other.client, changed)).session.state).toBe("open");

    // In an outage it is the same here; NOT prevented: elsewhere the one before counts until the HIS is back.
    here.scene.his.switches.set({ outage: true });
    await change("836151", "907452");
    await client.session.signOut({});
    await expect(entering(client, changed)).rejects.toMatchObject({ code: "WRONG_PIN" });
    expect((await entering(client, { ...layla, pin: "907452" })).session.state).toBe("open");
    await other.client.session.signOut({});
    expect((await entering(other.client, changed)).session.state).toBe("open");
  });
});

describe("a forgotten PIN", () => {
  test("in an outage: her request goes to the desk on a stick, the answer comes back on one, a colleague signs in once, then she does", async () => {
    // What is brought to this PC alone changes nothing at the others of this file.
    const yusuf = person("nurse-yusuf");
    const { client } = await here.scene.pc("pc-forgotten");
    await openWard(client, here.scene.his);
    await client.session.signOut({});
    here.scene.his.switches.set({ outage: true });
    const fresh = { ...yusuf, pin: "590318" };
    const { text, confirmation } = await client.enrol.request({
      clinician: yusuf.id,
      pin: fresh.pin,
      badge: false,
    });
    // On the stick there is neither a PIN nor anything that opens by itself.
    expect(text).not.toContain(fresh.pin);
    const request = EnrolmentRequest.parse(JSON.parse(text));
    // The desk compares the digits she reads out, and knows her: nobody at the HIS has said who she is.
    expect([confirmationOf(request), request.idToken]).toEqual([confirmation, null]);
    const known = rosterOf(here.scene).find(({ clinician }) => clinician === yusuf.id);
    if (known === undefined) throw new Error("she is on the roster");
    const { name, roles, wards } = known;
    const desk = await deskOf(here.scene);
    const entry = desk.entryOf(request, { name, roles, wards, days: 30 });
    const { jws } = await desk.issue("roster-entry", yusuf.id, entry, 30);
    expect(await client.it.bring({ text: jws })).toMatchObject([{ verdict: "accepted" }]);

    // Her former PIN opens nothing any more; the new one not before a colleague has opened this PC once.
    await expect(entering(client, yusuf)).rejects.toMatchObject({ code: "NOT_READY" });
    await expect(entering(client, fresh)).rejects.toMatchObject({ code: "NOT_READY" });
    await entering(client, person(here.scene.his.people[0]?.id ?? ""));
    await client.session.signOut({});
    await expect(entering(client, yusuf)).rejects.toMatchObject({ code: "WRONG_PIN" });
    expect((await entering(client, fresh)).session).toMatchObject({ state: "open" });
    const [bed] = (await client.ward.board({})).rows;
    expect((await client.patient.view({ patient: bed?.patient ?? "" })).access).toBe("remit");
  });
});
