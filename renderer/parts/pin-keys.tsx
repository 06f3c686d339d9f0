import { Button } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../app/index.ts";
import { Sign } from "./marks.tsx";
import "./pin.css";

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
/** The shortest and longest PIN that the contract takes at all; the rules for a new one are stricter. */
export const PIN_SHORTEST = 4;
export const PIN_LONGEST = 64;

/** The keys of a PIN pad, for a finger or a mouse. They leave the focus where it is: in the field they write into. */
export function PinKeys(props: {
  readonly usable: boolean;
  readonly empty: boolean;
  readonly add: (digit: string) => void;
  readonly clear: () => void;
  readonly erase: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { usable, empty } = props;
  const key = (digit: string): ReactNode => (
    <Button
      key={digit}
      variant="default"
      className="pin-key"
      disabled={!usable}
      onMouseDown={stay}
      onClick={() => props.add(digit)}
    >
      {format.number(Number(digit))}
    </Button>
  );
  return (
    <div className="pin-keys" dir="ltr">
      {digits.map(key)}
      <Button
        variant="default"
        className="pin-key pin-word"
        disabled={!usable || empty}
        onMouseDown={stay}
        onClick={props.clear}
      >
        {t("lock.clear")}
      </Button>
      {key("0")}
      <Button
        variant="default"
        className="pin-key"
        aria-label={t("lock.backspace")}
        disabled={!usable || empty}
        onMouseDown={stay}
        onClick={props.erase}
      >
        <Sign mark="erase" />
      </Button>
    </div>
  );
}

function stay(event: MouseEvent): void {
  event.preventDefault();
}
