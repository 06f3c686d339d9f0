import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { type MedicineChoice, useClient } from "../app/index.ts";
import { ProblemNote, Sign } from "../parts/index.ts";
import type { OrderEntry } from "./order-entry.ts";

/** Fewer letters name half the pack. */
const SHORTEST = 2;
const SHORTEST_WORDS = 3;

/** Which medicine: out of the knowledge pack, or in words that are marked as such. */
export function OrderMedicine(props: {
  readonly entry: Pick<OrderEntry, "medicine" | "name">;
  readonly choose: (medicine: MedicineChoice | null, name: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { medicine, name } = props.entry;
  if (medicine === null) return <Finder choose={props.choose} />;
  const words = medicine.kind === "words";
  return (
    <div className="order-chosen">
      <p className="give-medicine">
        <bdi>
          <b>{words ? medicine.words : name}</b>
        </bdi>{" "}
        {words && (
          <span className="chip chip-warn">
            <Sign mark="question" />
            {t("order.uncoded")}
          </span>
        )}
      </p>
      {words && <p className="small">{t("order.uncodedNote")}</p>}
      <Button variant="default" onClick={() => props.choose(null, "")}>
        {t("order.change")}
      </Button>
    </div>
  );
}

function Finder(props: {
  readonly choose: (medicine: MedicineChoice, name: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const [typed, setTyped] = useState("");
  const sought = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["medicine-names", sought],
    queryFn: ({ signal }) => client.record.medicineNames({ sought }, { signal }),
    enabled: sought.length >= SHORTEST,
    refetchInterval: false,
  });
  const words = typed.trim();
  const first = found.data?.[0];
  return (
    <div className="field">
      <label htmlFor="order-find">{t("order.find")}</label>
      <input
        id="order-find"
        type="text"
        dir="auto"
        maxLength={100}
        value={typed}
        aria-describedby="order-find-hint"
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter signs the form; here it takes the only one that is meant.
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (found.data?.length === 1 && first !== undefined)
            props.choose({ kind: "coded", system: first.system, code: first.code }, first.name);
        }}
      />
      <p id="order-find-hint" className="quiet small">
        {t("order.findHint")}
      </p>
      {found.isError && <ProblemNote error={found.error} again={() => void found.refetch()} />}
      <ul className="order-found" aria-live="polite">
        {found.data?.map((one) => (
          <li key={`${one.system}|${one.code}`}>
            <Button
              variant="default"
              fullWidth
              justify="start"
              onClick={() =>
                props.choose({ kind: "coded", system: one.system, code: one.code }, one.name)
              }
            >
              <bdi>{one.name}</bdi>
              {one.by !== null && (
                <span className="quiet small order-by">
                  <bdi>{one.by}</bdi>
                </span>
              )}
            </Button>
          </li>
        ))}
      </ul>
      {found.data?.length === 0 && <p>{t("order.nothingFound")}</p>}
      {words.length >= SHORTEST_WORDS && (
        <div>
          <Button variant="subtle" onClick={() => props.choose({ kind: "words", words }, "")}>
            {t("order.inWords", { words })}
          </Button>
        </div>
      )}
    </div>
  );
}
