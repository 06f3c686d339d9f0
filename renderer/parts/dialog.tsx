import { type ReactNode, useEffect, useRef } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import "./dialog.css";

/**
 * A question over the screen: the focus starts in its first field, stays in it and goes back afterwards; Escape is its cancel. A touch beside it does
 * nothing, so that nothing typed is lost by a slip.
 */
export function Dialog(props: {
  readonly title: string;
  readonly close: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current
      ?.querySelector<HTMLElement>("input, textarea, button")
      ?.focus({ preventScroll: true });
  }, []);
  return (
    <ModalOverlay
      className="dialog-veil"
      isOpen
      onOpenChange={(open) => {
        if (!open) props.close();
      }}
    >
      <Modal className={props.wide === true ? "dialog-frame dialog-wide" : "dialog-frame"}>
        <AriaDialog ref={place} className="dialog">
          <Heading slot="title" level={2} className="dialog-title">
            {props.title}
          </Heading>
          {props.children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
