/** Never edited once released: a change is a new file. */
export const actsAboutActs = `
CREATE TABLE act_facts (
  act TEXT PRIMARY KEY, why TEXT, about TEXT, base TEXT, theirs TEXT
);
CREATE INDEX act_facts_about ON act_facts (about) WHERE about IS NOT NULL;
CREATE TABLE acts_uncounted (act TEXT PRIMARY KEY);

DROP INDEX acts_unsent;
CREATE INDEX acts_unsent ON acts (seq) WHERE state IN ('waiting', 'sending', 'parked');
DROP INDEX acts_of_patient;
CREATE INDEX acts_of_patient ON acts (patient, seq);
CREATE INDEX acts_ended ON acts (acknowledged_at) WHERE state IN ('acknowledged', 'settled');
`;
