// The practice phone: shows what the program says, sends what the person answers. No sentence stands here.

const MOST_FILE_BYTES = 100 * 1024 * 1024;
const RETRY_MS = 2000;
const TYPING_MS = 250;
const NARROW = matchMedia("(max-width: 59.99rem)");
const TOUCH = matchMedia("(pointer: coarse)");

const byId = (id) => document.getElementById(id);
const copyOf = (id) => byId(id).content.cloneNode(true);
const [scroller, log, choices, composer, text, file] = ["scroller", "log", "choices", "composer", "text", "file"].map(byId);
const words = new Map([...byId("words").content.querySelectorAll("[data-word]")].map((e) => [e.dataset.word, e.textContent]));
const word = (name) => words.get(name) ?? name;

const NOTHING = { choices: [] };
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const known = { run: "", last: 0 };
const envelopes = new Map();
let busy = false;

// ------------------------------------------------------------------------------------------------------------- the chat

function sizeOf(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(undefined, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

function lineOf(content, options) {
  const line = document.createElement("span");
  line.className = options.has(content) ? "line option" : "line";
  line.dir = "auto";
  line.textContent = content;
  return line;
}

function bubbleOf(message) {
  const bubble = copyOf("bubble").firstElementChild;
  const options = new Set(message.choices.map(([digit, label]) => `${digit} ${label}`));
  bubble.classList.toggle("mine", message.mine);
  bubble.querySelector(".who").textContent = word(message.mine ? "me" : "bot");
  const body = bubble.querySelector(".text");
  if (message.size === null) {
    body.append(...message.text.split("\n").map((content) => lineOf(content, options)));
  } else {
    body.append(copyOf("attached"));
    body.querySelector(".name").textContent = message.text;
    body.querySelector("small").textContent = sizeOf(message.size);
  }
  const time = bubble.querySelector("time");
  time.dateTime = message.at;
  time.textContent = clock.format(new Date(message.at));
  return bubble;
}

function askBelow(message) {
  const focused = choices.contains(document.activeElement);
  choices.replaceChildren(
    ...message.choices.map(([digit, label]) => {
      const choice = copyOf("choice").firstElementChild;
      choice.querySelector(".digit").textContent = digit;
      choice.querySelector(".label").textContent = label;
      choice.addEventListener("click", () => say({ button: { node: message.node, turn: message.turn, key: digit } }));
      return choice;
    }),
  );
  choices.hidden = message.choices.length === 0;
  for (const asked of log.querySelectorAll(".asked")) asked.classList.remove("asked");
  if (!choices.hidden) message.bubble.classList.add("asked");
  if (focused && !choices.hidden) choices.firstElementChild.focus({ preventScroll: true });
  else if (focused && !TOUCH.matches) text.focus({ preventScroll: true });
}

function show(messages) {
  if (messages.length === 0) return;
  let asked = null;
  for (const message of messages) {
    message.bubble = bubbleOf(message);
    log.append(message.bubble);
    if (message.mine) asked = NOTHING;
    else if (message.choices.length > 0 || asked === NOTHING) asked = message;
  }
  if (asked !== null) askBelow(asked);
  jump((messages.find((message) => !message.mine) ?? messages[0]).bubble);
}

// The newest message in view, from its beginning where it is longer than the screen.
function jump(bubble = log.lastElementChild) {
  const end = scroller.scrollHeight - scroller.clientHeight;
  scroller.scrollTop = bubble === null ? end : Math.min(end, bubble.offsetTop - log.offsetTop);
}

function take(news) {
  const first = known.run === "";
  if (news.run !== known.run || news.cleared > known.last) {
    log.replaceChildren();
    askBelow(NOTHING);
  }
  show(news.messages);
  byId("empty").hidden = log.childElementCount > 0;
  showSealed(news.sealed);
  Object.assign(known, { run: news.run, last: news.last });
  // What was said before this page opened is not read out; what comes now is.
  if (first) setTimeout(() => log.setAttribute("aria-live", "polite"), 100);
}

async function listen() {
  for (;;) {
    try {
      const answer = await fetch(`/messages?after=${known.last}&run=${known.run}`);
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.json());
      if (byId("trouble").dataset.reason === "offline") tell("");
    } catch {
      tell("offline");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

// -------------------------------------------------------------------------------------------------------------- sending

function tell(reason) {
  const trouble = byId("trouble");
  trouble.dataset.reason = reason;
  trouble.hidden = reason === "";
  trouble.textContent = reason === "" ? "" : words.get(`error-${reason}`) ?? word("error-other");
}

async function post(path, body, headers) {
  try {
    const answer = await fetch(path, { method: "POST", body, headers });
    const found = await answer.json();
    return answer.ok ? found : { error: found.error ?? "other" };
  } catch {
    return { error: "offline" };
  }
}

const postJson = (path, document_) => post(path, JSON.stringify(document_), { "Content-Type": "application/json" });

async function sending(doing, send) {
  if (busy) return false;
  busy = true;
  const later = setTimeout(() => {
    byId("typing").hidden = false;
    byId("status").textContent = word(doing);
    scroller.scrollTop = scroller.scrollHeight;
  }, TYPING_MS);
  const { error = "" } = await send();
  clearTimeout(later);
  byId("typing").hidden = true;
  byId("status").textContent = "";
  busy = false;
  tell(error);
  return error === "";
}

const say = (message) => sending("writing", () => postJson("/say", message));

// The box is empty from here on: the answer may stand there, and the next one be written, before this one is known to be taken.
async function sayTyped() {
  const typed = text.value;
  if (busy || typed.trim() === "") return;
  text.value = "";
  if (!(await say({ text: typed }))) text.value = [typed, text.value].filter((part) => part !== "").join("\n");
}

async function sendFile() {
  const [chosen] = file.files;
  file.value = "";
  if (chosen === undefined) return;
  if (chosen.size > MOST_FILE_BYTES) {
    tell("size");
    return;
  }
  const headers = {
    "Content-Type": chosen.type || "application/octet-stream",
    "X-File-Name": encodeURIComponent(chosen.name),
  };
  await sending("uploading", () => post("/file", chosen, headers));
}

// ----------------------------------------------------------------------------------------------------------- the office

function showSealed(list) {
  const here = new Set();
  list.forEach((sealed, place) => {
    const key = JSON.stringify(sealed);
    here.add(key);
    if (!envelopes.has(key)) envelopes.set(key, envelopeOf(sealed));
    const envelope = envelopes.get(key);
    if (byId("sealed").children[place] !== envelope) byId("sealed").insertBefore(envelope, byId("sealed").children[place] ?? null);
  });
  for (const [key, envelope] of envelopes) {
    if (!here.has(key)) {
      envelope.remove();
      envelopes.delete(key);
    }
  }
  byId("nothing").hidden = list.length > 0;
  byId("something").hidden = list.length === 0;
  byId("count").textContent = list.length > 0 ? String(list.length) : "";
}

function envelopeOf(sealed) {
  const envelope = copyOf("envelope").firstElementChild;
  envelope.querySelector("h3").textContent = word(sealed.purpose);
  envelope.querySelector(".case").textContent = sealed.case;
  envelope.querySelector(".office").textContent = sealed.office;
  envelope.querySelector(".size").textContent = sizeOf(sealed.size);
  const button = envelope.querySelector(".open");
  const content = envelope.querySelector(".content");
  button.addEventListener("click", async () => {
    if (content.hidden) content.replaceChildren(...(await contentOf(sealed)));
    content.hidden = !content.hidden;
    button.setAttribute("aria-expanded", String(!content.hidden));
    button.textContent = word(content.hidden ? "open" : "close");
  });
  return envelope;
}

async function contentOf(sealed) {
  const { case: id, office, purpose, sequence } = sealed;
  const found = await postJson("/open", { case: id, office, purpose, sequence });
  if (found.error !== undefined) {
    const sorry = document.createElement("p");
    sorry.textContent = words.get(`error-${found.error}`) ?? word("error-other");
    return [sorry];
  }
  const opened = copyOf("opened");
  opened.querySelector(".office").textContent = found.office;
  fill(opened.querySelector(".summary"), found.summary?.split("\n").map(paragraphOf));
  fill(opened.querySelector(".facts"), found.facts.map(([name, value]) => pairOf(word(name), value || word("none"))));
  fillList(opened, "answers", found.answers, ([, question, label]) => pairOf(question, label || word("skipped")));
  fillList(opened, "consents", found.consents, ([consent, status, at]) => itemOf(`${consent}  ${status}`, at));
  fillList(opened, "attachments", found.attachments, ([name, kind, size]) => itemOf(name, `${kind}, ${sizeOf(size)}`));
  return opened.children;
}

function fill(element, content) {
  if (content === undefined || content.length === 0) element.remove();
  else element.append(...content);
}

function fillList(opened, name, rows, shape) {
  const details = opened.querySelector(`.${name}`);
  if (rows === undefined || rows.length === 0) {
    details.remove();
    return;
  }
  details.querySelector("summary span").textContent = String(rows.length);
  fill(details.lastElementChild, rows.map(shape));
}

function made(tag, content) {
  const element = document.createElement(tag);
  element.dir = "auto";
  element.textContent = content;
  return element;
}

// A line of the summary: what stands before its first colon is its name.
const paragraphOf = (line) => {
  const [name, ...rest] = line.split(": ");
  const paragraph = made("p", rest.length > 0 ? "" : line);
  if (rest.length > 0) paragraph.append(Object.assign(document.createElement("strong"), { textContent: `${name}: ` }), rest.join(": "));
  return paragraph;
};

const pairOf = (name, value) => {
  const pair = document.createElement("div");
  pair.append(made("dt", name), made("dd", value));
  return pair;
};

const itemOf = (name, more) => {
  const item = document.createElement("li");
  item.append(made("bdi", name), " ", made("code", more));
  return item;
};

// ------------------------------------------------------------------------------------------------------------ beginning

// Beside the phone stands the desk, or the guide; a narrow screen shows one of the three.
function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("nav [data-view]")) {
    const beside = !NARROW.matches && name === "chat" ? "desk" : name;
    button.setAttribute("aria-pressed", String(button.dataset.view === beside));
  }
  if (name === "chat") jump();
  else scrollTo(0, 0);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  sayTyped();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sayTyped();
  }
});
file.addEventListener("change", sendFile);
byId("again").addEventListener("click", async () => {
  view("chat");
  await sending("writing", () => postJson("/again", {}));
});
for (const button of document.querySelectorAll("[data-say]")) {
  button.addEventListener("click", () => {
    if (NARROW.matches) view("chat");
    say({ text: button.dataset.say });
  });
}
view("chat");
NARROW.addEventListener("change", () => view("chat"));
for (const button of document.querySelectorAll("nav [data-view]")) {
  button.addEventListener("click", () => view(button.dataset.view));
}
new ResizeObserver(() => jump()).observe(scroller);
listen();
