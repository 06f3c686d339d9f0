export type Resource = Record<string, unknown> & { resourceType: string; id: string };

export function timeOf(resource: Resource): number {
  return Date.parse((resource["meta"] as { lastUpdated: string }).lastUpdated);
}

/** Whether a search parameter, of those that are asked here, finds a resource. */
export function matches(resource: Resource, name: string, value: string): boolean {
  const any = (test: (wanted: string) => boolean): boolean => value.split(",").some(test);
  const fields = resource as Record<string, { reference?: string } | undefined>;
  switch (name) {
    case "_id":
      return any((id) => id === resource.id);
    case "patient":
      return any((id) => (fields["subject"] ?? fields["patient"])?.reference === `Patient/${id}`);
    case "partof":
      return any((id) => fields["partOf"]?.reference === id);
    case "status":
      return any((status) => resource["status"] === status);
    case "location":
      return any((id) =>
        ((resource["location"] ?? []) as { location: { reference: string } }[]).some(
          (each) => each.location.reference === id,
        ),
      );
    case "identifier":
      return any((token) =>
        ((resource["identifier"] ?? []) as { system: string; value: string }[]).some(
          (each) => `${each.system}|${each.value}` === token,
        ),
      );
    case "code":
      return any((token) =>
        ((resource["code"] as { coding?: { system: string; code: string }[] }).coding ?? []).some(
          (each) => `${each.system}|${each.code}` === token,
        ),
      );
    case "_lastUpdated":
      return timeOf(resource) >= Date.parse(value.slice(2));
    default:
      return true;
  }
}
