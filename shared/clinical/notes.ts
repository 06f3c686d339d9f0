import type { z } from "zod";
import type { Note as NoteSchema } from "../contract/parts.ts";
import { base64Text } from "./base64.ts";
import {
  conceptText,
  fallbackName,
  field,
  idOf,
  narrative,
  objects,
  referenceText,
} from "./read.ts";
import { stripTags, text } from "./read.ts";
import { dateOrder, fhirDate } from "./time.ts";

export type Note = z.infer<typeof NoteSchema>;

/**
 * DocumentReferences as notes, newest first. The text is the inline attachment where that is text, else the description
 * or narrative, else empty (a PDF or a link: there is a document, but not here). Entries made in error are left out.
 */
export function readNotes(
  resources: readonly unknown[],
  nameOf: (reference: unknown) => string | null = referenceText,
): Note[] {
  return resources
    .filter(
      (one) =>
        text(field(one, "status")) !== "entered-in-error" &&
        text(field(one, "docStatus")) !== "entered-in-error",
    )
    .map((one) => ({
      id: idOf(one) ?? "",
      at:
        fhirDate(field(one, "date")) ??
        fhirDate(field(field(field(one, "context"), "period"), "start")),
      title: title(one),
      author:
        objects(field(one, "author"))
          .map(nameOf)
          .find((name) => name !== null) ?? null,
      text: body(one),
    }))
    .toSorted((a, b) => dateOrder(b.at) - dateOrder(a.at) || (a.id < b.id ? -1 : 1));
}

function attachments(document: unknown): unknown[] {
  return objects(field(document, "content")).map((one) => field(one, "attachment"));
}

function title(document: unknown): string {
  const titled = attachments(document).map((one) => text(field(one, "title")));
  return (
    conceptText(field(document, "type")) ??
    titled.find((one) => one !== null) ??
    text(field(document, "description")) ??
    fallbackName(document)
  );
}

function body(document: unknown): string {
  const inline = attachments(document)
    .flatMap((one) => attachmentText(one) ?? [])
    .join("\n\n");
  return text(inline) ?? text(field(document, "description")) ?? narrative(document) ?? "";
}

function attachmentText(attachment: unknown): string | null {
  const type = (text(field(attachment, "contentType")) ?? "").toLowerCase();
  const data = text(field(attachment, "data"));
  if (data === null || !type.startsWith("text/")) return null;
  const decoded = base64Text(data);
  if (decoded === null) return null;
  return type.startsWith("text/html") ? stripTags(decoded) : text(decoded);
}
