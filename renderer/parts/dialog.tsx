import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import "./dialog.css";

/**
 * A question over the screen: the focus stays in it and goes back afterwards, Escape is its cancel. A touch beside it does
 * nothing, so that nothing typed is lost by a slip.
 */
export function Dialog(props: {
  readonly title: string;
  readonly close: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <ModalOverlay
      className="dialog-veil"
      isOpen
      onOpenChange={(open) => {
        if (!open) props.close();
      }}
    >
      <Modal className={props.wide === true ? "dialog-frame dialog-wide" : "dialog-frame"}>
        <AriaDialog className="dialog">
          <Heading slot="title" level={2} className="dialog-title">
            {props.title}
          </Heading>
          {props.children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
