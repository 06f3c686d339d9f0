import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { OpenVault } from "../vault/index.ts";
import { EnvelopeRefused, NotReady } from "./errors.ts";
import { emergencyHolder, type Holder } from "./holder.ts";
import type { Gatekeeper } from "./sign-in.ts";
import type { EmergencyRequest, SessionInput } from "./types.ts";

/** One emergency access on its way: first the key, then what must be on disk before anybody sees anything. */
interface Taking {
  readonly release: () => Promise<OpenVault>;
  readonly commit: (vault: OpenVault) => Promise<Holder>;
}

/** Access for who has no slot here: by a colleague's PIN, or by the code out of the ward's envelope. */
export function createEmergency(
  input: Pick<
    SessionInput,
    "journal" | "audit" | "limits" | "workstation" | "wards" | "openEnvelope" | "newId" | "clock"
  > & { readonly gatekeeper: Gatekeeper },
): { take(request: EmergencyRequest): Taking } {
  const { journal, audit, clock, gatekeeper } = input;

  return {
    take({ name, reason, way }) {
      const id = input.newId();
      let by: RosterEntry | null = null;
      let envelope: string | null = null;
      const detail = (): Record<string, string> => ({
        access: id,
        way: way.kind,
        ...(by !== null && { by: by.clinician }),
        ...(envelope !== null && { envelope }),
      });

      async function byEnvelope(code: string): Promise<OpenVault> {
        try {
          const opened = await input.openEnvelope(code);
          envelope = opened.envelope;
          return opened.vault;
        } catch (error) {
          const why = error instanceof EnvelopeRefused ? error.why : "failed";
          await audit.record({ kind: "sign-in-refused", detail: { why, way: "envelope" } });
          throw error;
        }
      }

      async function byColleague(clinician: string, pin: string): Promise<OpenVault> {
        // No badge is asked for: with the readers dead this is the way in.
        const admitted = await gatekeeper.admit(clinician, true);
        by = admitted.member.entry;
        return await admitted.unlock(pin);
      }

      /** SECURITY: used up on disk before anybody sees anything; a kill after it costs the envelope, never gives it twice. */
      async function useUp(used: string, at: number): Promise<void> {
        const said = audit.body({
          kind: "emergency-access",
          detail: { access: id, envelope: used, what: "used" },
        });
        if (await journal.useEnvelope(used, at, [said])) return;
        await audit.record({ kind: "sign-in-refused", detail: { why: "used", way: "envelope" } });
        throw new EnvelopeRefused("used");
      }

      return {
        release: () =>
          way.kind === "envelope" ? byEnvelope(way.code) : byColleague(way.clinician, way.pin),
        async commit(vault) {
          if (by !== null) {
            const standing = gatekeeper.standing(by.clinician);
            if (standing !== "ready") throw new NotReady(standing);
          }
          const at = clock.now().getTime();
          const until = at + input.limits.emergencyMinutes * 60_000;
          if (envelope !== null) await useUp(envelope, at);
          await journal.putAccess(
            {
              id,
              kind: "emergency",
              at,
              until,
              clinician: null,
              name,
              by: by?.clinician ?? null,
              patient: null,
              reason,
              workstation: input.workstation,
              reviewedBy: null,
              reviewedAt: null,
              reported: false,
            },
            [audit.body({ kind: "emergency-access", detail: detail() })],
          );
          const access = {
            kind: "emergency",
            id,
            name,
            reason,
            by,
            until: new Date(until),
          } as const;
          return emergencyHolder(vault, access, input.wards);
        },
      };
    },
  };
}
