import { expect, test } from "vitest";
import { verifyBadgeProof } from "./badge-proof.ts";

/** What three cards answered once (valid 2026-11-01 to 2029-11-01); their keys were thrown away. */
const challenge = Buffer.from("a challenge of thirty-two bytes.");
const now = new Date("2027-03-01T08:00:00Z");
const es256 = {
  certificate:
    "MIIBIDCBx6ADAgECAgkBusbu6xtpTOwwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJSHVkYSBUZXN0MCIYDzIwMjYxMTAxMDAwMDAwWhgPMjAyOTExMDEwMDAwMDBaMBQxEjAQBgNVBAMMCUh1ZGEgVGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMDhGYhRw07Cp1Pm+vhvfFr5JD1/AkWCQc/vJi22bFVZ7/LMPd/u+sA6ZdckVoLb8UaBZsvn1skA0W58IT/8jHEwCgYIKoZIzj0EAwIDSAAwRQIhAKpT6sRi37IyUk/0ragRWxGrFVav3Zu4Htn41CctkFlkAiAYZbZx1Ckki9nvhGA3IPCvbbV9twMQRDBgU/gyLBHXkA==",
  signature:
    "MEUCICvlLGt/fkZr0JcyBmlN9yLcLrc2sKSAmgT3hv6ZMgMVAiEAt9NsCPU9Fbn5zDFWU21N7CmyYaX+/3hbTFrIEcp/78M=",
  algorithm: "ES256",
  challenge,
  now,
} as const;

/** A certificate with the same name over a key of a stranger's own, and his signature. */
const copycat = {
  certificate:
    "MIIBIDCBx6ADAgECAgkBl+CBidp3cDowCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJSHVkYSBUZXN0MCIYDzIwMjYxMTAxMDAwMDAwWhgPMjAyOTExMDEwMDAwMDBaMBQxEjAQBgNVBAMMCUh1ZGEgVGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOAqVbD8zDRslwu9cVltcW3DIB+mYoXOT2KI5S2zWN+AP7EGCBNqlCn3u1ec5AHhdM6YHyoIBZ7ADcF8t+/atQ8wCgYIKoZIzj0EAwIDSAAwRQIhAK4oOyVsLoE4LsuClI7ARBxx/ulpLE2bUJwLGM2dzqvdAiBoiUhbA0HiBO5AU5/AO2JsyyTHJjCWVTtNiyDELO9N/A==",
  signature:
    "MEYCIQDs4WK6iIe57+3ugFCfLikYpi45B6FPHDXLEsh77CqYzAIhAIg2wo8wu402fhd34c0uCMAvr9P68hYCnCPtWWSgdP+B",
  algorithm: "ES256",
  challenge,
  now,
} as const;
const es384 = {
  certificate:
    "MIIBXTCB5KADAgECAgkBl8oYEwVPapgwCgYIKoZIzj0EAwMwFDESMBAGA1UEAwwJSHVkYSBUZXN0MCIYDzIwMjYxMTAxMDAwMDAwWhgPMjAyOTExMDEwMDAwMDBaMBQxEjAQBgNVBAMMCUh1ZGEgVGVzdDB2MBAGByqGSM49AgEGBSuBBAAiA2IABA/xIUiCOHZ1PlJwZnt3jGs5+aM0pIQiM/l1Fra36JoeNk73PQLNCUxcGob+N/6BPdtGgmU0ybFWWcaztGyVudTOGWofQ2gIBLYm+EH5wSuFzCogLkqYpdqwB4ZjLS41lzAKBggqhkjOPQQDAwNoADBlAjEA4n3N19vjkz39/1usSMlgnt8/G//X1IKR2xmwZI2OgjbQCLOpZxbmInK01S+IsZQmAjAJEqPLqVX7Vo5NE90zl3EEyrk15MeqJScnSEfHdchqjtyexqyHq/T13u/tbF0+VZI=",
  signature:
    "MGUCMQCEylfA9iFCd+5ZdfZ+7GyrcB+8u3RWh7B8EN0DHI2IK9HnJt7XUoKbWoBxleanyCACMGz2DqXvtxbr/AKxlPV1uo1KWN54SJvWNX1vC0VfPZB3FYAxaNw03Su4qwOXklQJsg==",
  algorithm: "ES384",
  challenge,
  now,
} as const;
const rs256 = {
  certificate:
    "MIICrTCCAZWgAwIBAgIJAfBLd7lclVyZMA0GCSqGSIb3DQEBCwUAMBQxEjAQBgNVBAMMCUh1ZGEgVGVzdDAiGA8yMDI2MTEwMTAwMDAwMFoYDzIwMjkxMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlIdWRhIFRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCq44hAjAgX9fGYQJqYHhwP8Ukl9m5Mn2KG8kODN4EQPpqonNMIymzBVQTAy9mC41gyivHJ5+56JzVuR+ajCI0ye3tEekyXYCacyy1xkAKlFbDd28JCHPibtPRUlJCyWUPfDnlOCsmNaQ90AtQL2CdmWDnWN406bKReCv75x6cnQXy+E5YFRXOleCT61ebC37XN2l8QYB1/f0eke/DL2IGCtKr4Hgm4Rpr954z2pUqgC1nZQh8RfLdUdfgsFy9mKY7MUyvZryhd0GARgwP/H3u+5fraauF7qyM93viYVcCjjGiTqA/OzctORpDKbVKKmPHXAaTp16evL4OPdCb+JvcvAgMBAAEwDQYJKoZIhvcNAQELBQADggEBAKnyu2Gn1Q6IRiMcYIP2rNS0STcqpoSIbxuPOMZoAv0wFiu20qkGiz22Fs95MP6vwMnbIovs0TmczwWtqdUGdgjfo2qa8ZN3H/PbU6tfava9wCZtqo/0vi9HxaDMPvIMeUYmVcWh9qNDYL+6kNOewxLPaSQmhaORcUyGFrhGdssYORME7y0WwZtu6qoVgiuJu3w1ZSGjXZRcLdH2nnvbuWT3ONK/OlH62DHqWcVW778PQJkk6Qq/Ii87BoncAGHZQPOYgvGNLydblRaSADkwG/e3x2eRGjGGVk39lxHPnt7l7nKDc+Mf2R8LrqtAAvoj9SBn/sBRpndhyuUW+2XOklQ=",
  signature:
    "YXwEZB8LGiw82RNK4WBp3UqryPbcSTbaS6oNXUAs2lagArB/qsqnh8Gh8/++Wfz1t4jf2GPlRaK4Ujkxlm76OojVDgsH+r8I5TgY6ldUEh52ggUEBe6UCVGAmHaWI6CSFFW1UYPpXLFe6zIer5Ww8YO2xlfqcziDtFNcLNeBMVcyEt4lTEU5pWbwyPlWthWScU/Z90omWi+jEYRdYl+QG9WoMhKmC1mbKtFkTUs+IFkUvf2M7YqTQCG452236tHQn5X2R342Vd5lTJwTfq+NP8+eu1CEM8i2DPQD3ZiLTj1TjE6IgWhJjQ7ft+e/0DcAasuSwU+KbJP+xaH9xSRspw==",
  algorithm: "RS256",
  challenge,
  now,
} as const;

const cards = [es256, es384, rs256];

test.each(cards)(
  "a badge that signs the challenge with its key proves itself ($algorithm)",
  (card) => {
    expect(verifyBadgeProof({ ...card, trusted: [card.certificate] })).toBe(true);
    expect(verifyBadgeProof({ ...card, trusted: cards.map((one) => one.certificate) })).toBe(true);
  },
);

test.each(cards)("an answer to another challenge proves nothing ($algorithm)", (card) => {
  const other = Buffer.from("another challenge of 32 bytes...");
  expect(verifyBadgeProof({ ...card, challenge: other, trusted: [card.certificate] })).toBe(false);
});

test.each(cards)("a badge that IT has not enrolled proves nothing ($algorithm)", (card) => {
  const others = cards.filter((one) => one !== card).map((one) => one.certificate);
  expect(verifyBadgeProof({ ...card, trusted: others })).toBe(false);
  expect(verifyBadgeProof({ ...card, trusted: [] })).toBe(false);
});

test("a certificate in the nurse's name that the hospital did not enrol proves nothing", () => {
  expect(verifyBadgeProof({ ...copycat, trusted: [copycat.certificate] })).toBe(true);
  expect(verifyBadgeProof({ ...copycat, trusted: [es256.certificate] })).toBe(false);
});

test("a clone that shows the nurse's certificate without her key proves nothing", () => {
  const clone = { ...copycat, certificate: es256.certificate };
  expect(verifyBadgeProof({ ...clone, trusted: [es256.certificate] })).toBe(false);
});

test("a certificate counts from its first to its last second", () => {
  const at = (time: string) =>
    verifyBadgeProof({ ...es256, now: new Date(time), trusted: [es256.certificate] });
  expect(at("2026-10-31T23:59:59Z")).toBe(false);
  expect(at("2026-11-01T00:00:00Z")).toBe(true);
  expect(at("2029-11-01T00:00:00Z")).toBe(true);
  expect(at("2029-11-01T00:00:01Z")).toBe(false);
  expect(at("no time at all")).toBe(false);
});

test("the algorithm is the key's own, whatever the message says", () => {
  for (const card of cards)
    for (const { algorithm } of cards)
      expect(verifyBadgeProof({ ...card, algorithm, trusted: [card.certificate] })).toBe(
        algorithm === card.algorithm,
      );
});

test("what cannot be read proves nothing and breaks nothing", () => {
  const trusted = [es256.certificate, "", "AAAA", "not base64!"];
  expect(verifyBadgeProof({ ...es256, signature: "", trusted })).toBe(false);
  expect(verifyBadgeProof({ ...es256, signature: "AAAA", trusted })).toBe(false);
  expect(verifyBadgeProof({ ...es256, certificate: "", trusted })).toBe(false);
  expect(verifyBadgeProof({ ...es256, certificate: "AAAA", trusted })).toBe(false);
});
