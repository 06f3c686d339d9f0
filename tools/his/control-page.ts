/** The control page: plain HTML, no assets from elsewhere, usable by keyboard. */
export const CONTROL_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Demo HIS: control</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/control.css"></head>
<body><main>
<h1>Demo HIS</h1><p id="where"></p>
<section><h2>Faults</h2><form id="faults">
<label class="big"><input type="checkbox" name="outage"> Outage: the HIS is unreachable</label>
<label>Latency, ms <input type="number" name="latencyMs" min="0" max="600000" step="100"></label>
<label>Error rate (503), 0 to 1 <input type="number" name="errorRate" min="0" max="1" step="0.05"></label>
<label><input type="checkbox" name="refuseClientIds"> Refuse ids chosen by clients (PUT to a new id: 404)</label>
<label><input type="checkbox" name="loseAnswers"> Carry out writes but lose the answers</label>
<label><input type="checkbox" name="captivePortal"> Captive portal: a network's sign-in page for everything</label>
<label>The HIS's clock is ahead by, s <input type="number" name="clockSkewSeconds" min="-86400" max="86400" step="1"></label>
<label>Garbage answers <select name="garbage"><option value="">none</option><option value="html">an HTML page</option>
<option value="truncated">JSON cut off</option></select></label>
</form></section>
<section><h2>Change an allergy, at the HIS or behind everyone's back</h2><form id="allergy">
<label>Allergy <select name="id" size="8"></select></label>
<label>What to do <select name="change"><option value="remove">remove it</option><option value="refute">mark it refuted</option>
<option value="lower">lower its criticality</option><option value="re-code">re-code it to something harmless</option>
<option value="invalid">make it unreadable (not valid FHIR)</option></select></label>
<label>Who <select name="by"><option value="">nobody: beneath the HIS, unsigned</option></select></label>
<button>Change it</button></form>
<form id="signing"><label><input type="checkbox" name="unsigned"> The HIS does not sign what its users change</label></form>
<form id="stolen"><label>Its signing key turns out to have been stolen … minutes ago <input type="number" name="minutes" min="0" max="100000" value="10"></label>
<button>Revoke it as of then</button> <button name="back" type="button">Certify it again</button></form></section>
<section><h2>Restore a backup</h2><form id="restore">
<label>What was written in the last … minutes never was <input type="number" name="minutes" min="0" max="100000" value="60"></label>
<button>Restore</button></form></section>
<section><h2>Enrolment desk</h2><form id="desk">
<label><input type="checkbox" name="approveEnrolments"> Say yes to every request by itself</label></form>
<p id="none">Nobody is waiting.</p><table id="waiting" hidden><caption>Compare the number with the one on the nurse's screen.</caption>
<thead><tr><th>Number</th><th>Name</th><th>Workstation</th><th>Badge</th><th></th></tr></thead><tbody></tbody></table></section>
<section><h2>New workstation</h2><form id="join"><button>Make a one-time join code</button></form></section>
<p id="said" role="status"></p>
<section><h2>Sign in</h2><table id="people"><thead><tr><th>Name</th><th>Role</th><th>PIN</th></tr></thead><tbody></tbody></table></section>
<section><h2>Seen</h2><pre id="seen"></pre></section>
</main><script src="/control.js" type="module"></script></body></html>`;

export const CONTROL_STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #1c2430; }
main { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
section { background: #fff; border: 1px solid #d5dae1; border-radius: 8px; padding: 0.5rem 1.25rem 1.25rem; margin: 1rem 0; }
h1 { margin: 0; } h2 { font-size: 1.1rem; } label { display: block; margin: 0.5rem 0; } .big { font-size: 1.15rem; font-weight: 600; }
input[type="checkbox"] { inline-size: 1.2em; block-size: 1.2em; vertical-align: -0.15em; }
select[size] { display: block; inline-size: 100%; } button { font: inherit; padding: 0.35rem 1rem; }
th, td { text-align: start; padding-inline-end: 2rem; } caption { text-align: start; } td button { margin-inline-end: 0.5rem; } #said { min-block-size: 1.5em; font-weight: 600; }
.outage h1::after { content: " is down"; color: #b3261e; } pre { white-space: pre-wrap; }
`;

export const CONTROL_SCRIPT = `
const $ = (selector) => document.querySelector(selector);
const faults = $("#faults"), allergy = $("#allergy"), desk = $("#desk"), signing = $("#signing"), said = $("#said");
const ask = async (path, body) => {
  const answer = await fetch(path, body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
};
const tell = (promise) => promise.then((text) => { said.textContent = text; }, (error) => { said.textContent = String(error.message); });
const show = (state) => {
  $("#where").textContent = state.baseUrl + ", " + state.resources + " resources";
  document.body.classList.toggle("outage", state.switches.outage);
  for (const field of [...faults.elements, ...desk.elements, ...signing.elements]) {
    if (field === document.activeElement && field.type === "number") continue;
    const value = state.switches[field.name];
    if (field.type === "checkbox") field.checked = value; else field.value = value ?? "";
  }
  waiting(state.enrolments);
  const who = allergy.elements.by;
  if (who.length === 1) who.append(...state.people.map((person) => new Option(person.name.en + ", " + person.roles.join(", "), person.id)));
  $("#people tbody").replaceChildren(...state.people.map((person) => {
    const row = document.createElement("tr");
    for (const text of [person.name.en + " · " + person.name.ar, person.roles.join(", "), person.pin]) row.insertCell().textContent = text;
    return row;
  }));
  $("#seen").textContent = state.counters.requests + " requests, " + state.counters.refused + " refused\\n"
    + Object.entries(state.counters.byType).map(([name, count]) => count + "\\t" + name).join("\\n")
    + "\\nacts: " + state.acts.length;
};
// Made anew only when it changed, so that the keyboard's place is not lost every two seconds.
let lastWaiting = "[]";
const waiting = (requests) => {
  const text = JSON.stringify(requests);
  if (text === lastWaiting) return;
  lastWaiting = text;
  $("#none").hidden = requests.length > 0;
  $("#waiting").hidden = requests.length === 0;
  $("#waiting tbody").replaceChildren(...requests.map((request) => {
    const row = document.createElement("tr");
    const badge = request.badges > 0 ? "yes" : "none";
    for (const cell of [request.confirmation, request.name, request.workstation, badge]) row.insertCell().textContent = cell;
    const buttons = row.insertCell();
    for (const [approve, word] of [[true, "Approve"], [false, "Refuse"]]) {
      const button = document.createElement("button");
      button.textContent = word;
      button.setAttribute("aria-label", word + " " + request.name);
      button.addEventListener("click", () => tell(ask("/control/enrolment", { id: request.id, approve }).then(refresh).then(() => approve ? "Approved." : "Refused.")));
      buttons.append(button);
    }
    return row;
  }));
};
const list = async () => {
  const { patients } = await ask("/control/patients");
  const chosen = allergy.elements.id.value;
  allergy.elements.id.replaceChildren(...patients.flatMap((patient) => patient.allergies.map((item) => {
    const option = new Option(patient.bed + "  " + patient.name + ": " + item.text + (item.note ? " (" + item.note + ")" : ""), item.id);
    option.selected = item.id === chosen;
    return option;
  })));
};
const thrown = ({ target }) => {
  const value = target.type === "checkbox" ? target.checked : target.type === "number" ? Number(target.value) : target.value || null;
  tell(ask("/control/switches", { [target.name]: value }).then(refresh).then(() => "Done."));
};
faults.addEventListener("change", thrown);
desk.addEventListener("change", thrown);
signing.addEventListener("change", thrown);
allergy.addEventListener("submit", (event) => {
  event.preventDefault();
  const { id, change, by } = allergy.elements;
  const what = { id: id.value, change: change.value };
  const done = by.value === "" ? ask("/control/allergy", what) : ask("/control/chart", { ...what, by: by.value });
  tell(done.then(list).then(() => by.value === "" ? "The allergy was changed; nobody was told." : "The allergy was changed at the HIS's own screen."));
});
const signer = (stolenSince, text) => tell(ask("/control/signer", { stolenSince }).then(() => text));
$("#stolen").addEventListener("submit", (event) => {
  event.preventDefault();
  const minutes = Number(event.target.elements.minutes.value);
  signer(new Date(Date.now() - minutes * 60000).toISOString(), "Revoked by the control key: what it signed since then counts for nothing.");
});
$("#stolen").elements.back.addEventListener("click", () => signer(null, "It signs for the HIS again."));
$("#restore").addEventListener("submit", (event) => {
  event.preventDefault();
  const minutes = Number(event.target.elements.minutes.value);
  tell(ask("/control/restore", { minutes }).then(({ forgotten }) => refresh().then(() => forgotten + " changes were forgotten.")));
});
$("#join").addEventListener("submit", (event) => {
  event.preventDefault();
  tell(ask("/control/join-code", {}).then(({ code }) => "Join code: " + code));
});
const refresh = () => ask("/control/state").then(show);
tell(Promise.all([refresh(), list()]).then(() => ""));
setInterval(() => refresh().catch(() => {}), 2000);
`;
