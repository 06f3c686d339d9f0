import type { HoldReason } from "../../../../shared/contract/guard.ts";
import { hospitalNumber, isDeceased, objects } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { changedElements, keepsAll } from "./content.ts";

/**
 * What a Patient's next version changes of who he is; empty: an address, a telephone number, what does not identify.
 * CLINICAL: name, birth date, sex and number are what a wristband is compared with.
 */
export function identityTakes(before: FhirResource, after: FhirResource): HoldReason[] {
  return changedElements(before, after).flatMap((name) => takes(name, before, after));
}

function takes(name: string, before: FhirResource, after: FhirResource): HoldReason[] {
  const [old, next] = [before[name], after[name]];
  switch (name) {
    case "name":
      return ["name-changed"];
    case "birthDate":
      return old === undefined ? [] : ["birth-date-changed"];
    case "gender":
      return old === undefined || old === "unknown" ? [] : ["sex-changed"];
    case "identifier":
      return keepsAll(old, next) && hospitalNumber(before) === hospitalNumber(after)
        ? []
        : ["identifier-changed"];
    case "link":
      return ["merged"];
    case "active":
      return next === false ? ["deactivated"] : [];
    case "deceasedBoolean":
    case "deceasedDateTime":
      return isDeceased(before) === isDeceased(after) ? [] : ["deceased-changed"];
    case "multipleBirthBoolean":
    case "multipleBirthInteger":
      return old === undefined ? [] : ["identifier-changed"];
    case "photo":
      return objects(old).length === 0 ? [] : ["photo-changed"];
    case "modifierExtension":
    case "implicitRules":
      return ["modifier"];
    case "contained":
      return ["contained"];
    default:
      return /^_(?:name|birthDate|gender|active|deceased)/u.test(name) ? ["modifier"] : [];
  }
}
