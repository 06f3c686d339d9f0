import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import type { KdfParameters } from "../../shared/trust/index.ts";
import { thumbprintOf } from "../control/desk.ts";
import { changeAllergy, changedAllergy } from "./allergy-change.ts";
import { controlRequests } from "./control.ts";
import { loadEngine } from "./engine.ts";
import { openEnrolDesk } from "./enrol-desk.ts";
import { openEnrolmentDesk } from "./enrolment.ts";
import { makeFhirApi } from "./fhir-api.ts";
import type { His, HisOptions } from "./his-types.ts";
import { certifyHis, issuePack } from "./house-statements.ts";
import type { Answer } from "./http.ts";
import { takeRotation } from "./key-rotation.ts";
import { PERSONALITIES } from "./personalities.ts";
import { settingsOf, withQuirks } from "./quirks/index.ts";
import type { EngineSettings, Quirk } from "./quirks/index.ts";
import { NEWCOMERS, seedNewcomers } from "./newcomers.ts";
import { PEOPLE } from "./people.ts";
import { openResourceFile } from "./resource-file.ts";
import type { ResourceFile, Stored } from "./resource-file.ts";
import { cuttableServer, hisRequests, listen, stopServer } from "./server.ts";
import type { Counters } from "./server.ts";
import { knownWards, loadFolders, seedWards, storeStatements } from "./seeding.ts";
import { openNudges } from "./subscriptions.ts";
import { chartChange, hisKeys, openHisSigner } from "./signing.ts";
import { NOBODY_OF_THE_WARD } from "./login-page.ts";
import { APP_CLIENT, openSignIn } from "./sign-in.ts";
import { ALL_WELL, SwitchChange } from "./switches.ts";
import type { Switches } from "./switches.ts";
import {
  auditEvents,
  bedPatients,
  countObservationsByAct,
  countResources,
  storedActs,
} from "./views.ts";

/** RFC 9106's second recommended option: 64 MiB, three passes. */
const KDF: KdfParameters = { name: "argon2id", memoryKib: 65_536, passes: 3, lanes: 1 };
/** The least the format allows, where what a PIN costs is not the subject. */
export const QUICK_KDF = { name: "argon2id", memoryKib: 19_456, passes: 1, lanes: 1 } as const;

/** Until everything is open a connection is as good as none. */
const notReady: RequestListener = (request) => void request.socket.destroy();

/** Starts the demo hospital information system on 127.0.0.1. What it serves is in `dataDir` and comes back with it. */
export async function startHis(options: HisOptions): Promise<His> {
  const now = options.now ?? (() => new Date());
  const millis = (): number => now().getTime();
  const site = options.site ?? "amanah-demo";
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  loadEngine();
  let switches = ALL_WELL;
  /** The clock the ward sees. */
  const wardClock = (): number => millis() + switches.clockSkewSeconds * 1000;
  const file = openResourceFile(join(options.dataDir, "his.db"), wardClock);
  await seedWards(file, {
    beds: options.beds ?? 28,
    wards: options.wards,
    seed: options.seed ?? "amanah",
    now: millis(),
  });
  await seedNewcomers(file, millis());
  await loadFolders(file, options.load ?? [], millis());

  const counters: Counters = { requests: 0, byType: {}, refused: 0, inFlight: 0 };
  let handle = notReady;
  const server = cuttableServer(
    (request, response) => handle(request, response),
    () => switches.outage,
  );
  const port = await listen(
    server,
    options.port || Number(file.reader.fact("port") ?? 0),
    Boolean(options.port),
  );
  await file.exclusively(async (writer) => writer.setFact("port", String(port)));
  const origin = `http://127.0.0.1:${port}`;
  const baseUrl = `${origin}/fhir`;
  const staffList = [...PEOPLE, ...NEWCOMERS];
  const accounts = staffList.map(({ id, name }) => ({ id, name, fhirUser: `Practitioner/${id}` }));
  const signIn = await openSignIn({
    path: join(options.dataDir, "signin.db"),
    origin,
    base: baseUrl,
    accounts: [...accounts, ...NOBODY_OF_THE_WARD],
  });
  const desk = await openEnrolmentDesk({
    path: join(options.dataDir, "desk.db"),
    site,
    now,
    kdf: options.kdf ?? KDF,
    register: signIn.register,
  });
  const wards = knownWards(file);
  const statements = await desk.enrol(
    PEOPLE,
    wards.map(({ id }) => id),
  );
  await storeStatements(
    file,
    statements.filter(({ changed }) => changed).map(({ resource }) => resource),
  );

  await issuePack(desk, file, site);
  const signer = await openHisSigner(join(options.dataDir, "signing-key.json"));
  await certifyHis(desk, file, signer, millis());
  let quirks: readonly Quirk[] = (options.personality ?? PERSONALITIES.plain).quirks;
  const settings = (): EngineSettings => {
    const own = settingsOf(quirks);
    return { ...own, clientIds: own.clientIds && !switches.refuseClientIds };
  };
  const staff = (id: string) => staffList.find((person) => person.id === id) ?? null;
  const enrol = openEnrolDesk({
    site,
    issuer: signIn.issuer,
    jwks: signIn.jwks,
    clientId: APP_CLIENT,
    base: baseUrl,
    now,
    joined: (workstation) => signIn.keysOf(workstation).length > 0,
    person: staff,
    async approve(request) {
      const person = staff(request.clinician);
      if (person === null) throw new Error("nobody of the staff");
      const ids = wards.map(({ id }) => id);
      const { jws, resource } = await desk.approve(request, person, ids);
      await storeStatements(file, [resource]);
      return jws;
    },
    approvesAlone: () => switches.approveEnrolments,
  });
  const rotateKey = (body: unknown): Promise<Answer> =>
    takeRotation(body, { site, keysOf: signIn.keysOf, addKey: signIn.addKey, thumbprintOf });
  const nudges = openNudges(
    file,
    async (authorization) => (await signIn.access(authorization)) !== null,
    wardClock,
  );
  server.on("upgrade", (request, socket, head) => {
    const isThere = !switches.outage && !switches.captivePortal;
    if (request.url === "/fhir/websocket" && isThere) nudges.upgrade(request, socket, head);
    else socket.destroy();
  });
  const engine = makeFhirApi({
    file,
    base: baseUrl,
    tokenUrl: signIn.tokenUrl,
    websocketUrl: `${baseUrl.replace("http", "ws")}/websocket`,
    settings,
    now: wardClock,
    admit: nudges.admit,
  });
  handle = hisRequests({
    fhir: (request) => withQuirks(engine, quirks, baseUrl)(request),
    signIn,
    join: (request) => desk.join(request),
    enrol,
    rotateKey,
    switches: () => switches,
    counters,
    now: wardClock,
    random: options.random ?? Math.random,
  });

  function setSwitches(change: SwitchChange): Switches {
    const given = Object.entries(SwitchChange.parse(change)).filter(
      ([, value]) => value !== undefined,
    );
    switches = { ...switches, ...Object.fromEntries(given) };
    if (switches.captivePortal) nudges.cut();
    if (switches.outage) {
      server.closeAllConnections();
      nudges.cut();
    }
    return switches;
  }
  const policyFor: His["policyFor"] = (workstation, chosen) => ({
    site,
    workstation,
    wards: wards
      .filter(({ id }, index) =>
        chosen === undefined ? index === 0 || id === "ward-imported" : chosen.includes(id),
      )
      .map(({ id, name, nameAr }) => ({ id, name, nameAr })),
    his: { baseUrl, appClientId: APP_CLIENT },
    trust: desk.trust,
    join: {
      url: `${origin}/join`,
      code: desk.joinCode(workstation),
      enrolUrl: `${origin}/enrol`,
    },
  });
  const issue: His["issue"] = async (kind, subject, body) => {
    const { resource, jws } = await desk.issue(kind, subject, body, 30);
    await storeStatements(file, [resource]);
    return jws;
  };
  const changeEntry: His["changeEntry"] = async (clinician, what) => {
    await storeStatements(file, [await desk.change(clinician, what)]);
  };
  const newEnvelope: His["newEnvelope"] = async (ward) => {
    const { code, resource } = await desk.envelope(ward);
    await storeStatements(file, [resource]);
    return code;
  };
  const chart: His["chart"] = (what) =>
    chartChange(
      file,
      { site, signer, now: wardClock },
      { ...what, signed: what.signed ?? !switches.unsigned },
    );
  const certify: His["certify"] = (keys) => issue("signing-key", keys.service, keys);
  const revokeSigner: His["revokeSigner"] = (from) => certify(hisKeys(signer.jwk, millis(), from));
  const people = PEOPLE.map(({ id, name, roles, pin }) => ({ id, name, roles, pin }));
  const change: His["changeAllergy"] = (input) => changeAllergy(file, input);

  const control = createServer(
    controlRequests({
      state: () => ({
        baseUrl,
        switches,
        counters,
        people,
        wards,
        resources: countResources(file.reader),
        acts: storedActs(file.reader),
        enrolments: enrol.waiting(),
      }),
      setSwitches: (wanted) => ({ switches: setSwitches(wanted) }),
      patients: () => ({ patients: bedPatients(file.reader, wards) }),
      changeAllergy: ({ id, change: what, toPatient }) =>
        change({ id, change: what, ...(toPatient !== undefined && { toPatient }) }),
      chart: ({ by, ...what }) => chart({ by, change: changedAllergy(file.reader, what) }),
      put: async ({ meta: _meta, ...resource }) => {
        await file.exclusively(async (writer) => void writer.put(resource, "PUT"));
        return { put: resource.id };
      },
      revokeSigner: async (from) => ({ statement: await revokeSigner(from) }),
      read: (type, id) => heldResource(file, type, id),
      decide: async (id, yes) => ({ decided: await enrol.decide(id, yes) }),
      restore: async (minutes) => ({
        forgotten: await file.restore(millis() - minutes * 60_000),
      }),
      joinCode: (workstation) => ({ code: desk.joinCode(workstation) }),
      policy: (workstation) => policyFor(workstation),
      issue: async ({ kind, subject, body }) => ({ statement: await issue(kind, subject, body) }),
      changeEntry: async ({ clinician, change: what }) => {
        await changeEntry(clinician, what);
        return { changed: clinician };
      },
      envelope: async (ward) => ({ code: await newEnvelope(ward) }),
      spokenCode: ({ workstation, purpose, challenge }) => ({
        code: desk.spokenCode(workstation, purpose, challenge),
      }),
    }),
  );
  const controlPort = await listen(control, options.controlPort ?? 0, Boolean(options.controlPort));

  return {
    baseUrl,
    tokenUrl: signIn.tokenUrl,
    joinUrl: `${origin}/join`,
    enrolUrl: `${origin}/enrol`,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    people,
    wards,
    resources: countResources(file.reader),
    policyFor,
    newJoinCode: (workstation) => desk.joinCode(workstation),
    enrolments: enrol,
    switches: { get: () => switches, set: setSwitches },
    restore: (to) => file.restore(to.getTime()),
    behave(personality) {
      quirks = personality.quirks;
    },
    counters: () => structuredClone(counters),
    countObservationsByAct: (uuid) => countObservationsByAct(file.reader, uuid),
    acts: () => storedActs(file.reader),
    auditEvents: () => auditEvents(file.reader),
    patients: () => bedPatients(file.reader, wards),
    changeAllergy: change,
    chart,
    signer,
    certify,
    revokeSigner,
    put: (resource) => file.exclusively(async (writer) => void writer.put(resource, "PUT")),
    read: (type, id) => heldResource(file, type, id),
    remove: (type, id) => file.exclusively(async (writer) => writer.remove(type, id)),
    issue,
    changeEntry,
    spokenCode: desk.spokenCode,
    newEnvelope,
    async close() {
      nudges.cut();
      await Promise.all([stopServer(server), stopServer(control)]);
      await file.close();
      signIn.close();
      desk.close();
    },
  };
}

function heldResource(file: ResourceFile, type: string, id: string): Stored | null {
  const json = file.reader.current(type, id)?.json ?? null;
  return json === null ? null : (JSON.parse(json) as Stored);
}
