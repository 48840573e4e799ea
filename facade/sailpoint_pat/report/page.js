// The table of all tokens: search, filter, sort, and a page of rows at a time.
// Text reaches the page through textContent only, so that no name can become markup.
"use strict";

(() => {
  const ROWS_ON_A_PAGE = 100;
  const SCOPES_IN_A_ROW = 3;
  const DAY = 24 * 60 * 60 * 1000;
  const WEIGHTS = { high: 1e6, medium: 1e3, low: 1 };

  const find = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");
  const data = JSON.parse(find("data").textContent);
  const takenAt = Date.parse(data.taken_at);
  const explorer = find("explorer");
  const form = explorer.querySelector("form");
  const frame = explorer.querySelector(".scroll");
  const table = frame.querySelector("table");
  const headings = [...table.querySelectorAll("th")];
  const body = table.querySelector("tbody");
  const labels = Object.fromEntries(headings.map((th) => [th.dataset.key, th.textContent]));

  // --- The tokens, with what they are searched and sorted by ------------------------------------

  // Accepted findings weigh less than any open one.
  const weight = (findings) =>
    findings.reduce((sum, { severity, accepted }) => sum + (accepted ? 0.001 : WEIGHTS[severity]), 0);

  const tokens = data.tokens.map((values) => {
    const token = Object.fromEntries(data.columns.map((column, index) => [column, values[index]]));
    token.owner = data.owners[token.owner];
    token.scopes = data.scopes[token.scopes];
    token.findings = token.findings.map(([kind, severity, accepted]) => ({ kind, severity, accepted }));
    token.text = [token.name, token.id, token.owner.name, token.owner.id, ...token.scopes]
      .join("\n")
      .toLowerCase();
    token.sortedBy = {
      token: token.name,
      owner: token.owner.name || token.owner.id,
      tenant: data.tenants[token.tenant],
      created: Date.parse(token.created),
      used: token.used ? Date.parse(token.used) : -Infinity,
      expires: token.expires ? Date.parse(token.expires) : Infinity,
      scopes: token.every_right ? Infinity : token.scopes.length,
      findings: weight(token.findings),
    };
    return token;
  });

  // To compare names by the rules of a language is slow, so each name gets its place once.
  const collator = new Intl.Collator("en", { numeric: true });
  for (const key of ["token", "owner", "tenant"]) {
    const names = [...new Set(tokens.map((token) => token.sortedBy[key]))].sort(collator.compare);
    const places = new Map(names.map((name, place) => [name, place]));
    for (const token of tokens) token.sortedBy[key] = places.get(token.sortedBy[key]);
  }

  // Owners of the same name are told apart by their ids.
  const namesakes = new Map();
  for (const { name } of data.owners) namesakes.set(name, (namesakes.get(name) ?? 0) + 1);

  // --- Which tokens are shown, and in which order -----------------------------------------------

  let sorting = { key: "findings", direction: "descending" };
  let shown = tokens;
  let page = 0;

  function kindAndSeverityFit(findings) {
    const kind = find("by-kind").value;
    const severity = find("by-severity").value;
    if (kind === "none") return !findings.some((finding) => !finding.accepted);
    if (!kind && !severity) return true;
    return findings.some(
      (finding) =>
        (!kind || finding.kind === kind) &&
        (!severity || (finding.accepted ? "accepted" : finding.severity) === severity),
    );
  }

  function expiryFits(expiresAt) {
    const expiry = find("by-expiry").value;
    if (!expiry) return true;
    if (expiry === "never") return expiresAt === Infinity;
    if (expiry === "expired") return expiresAt <= takenAt;
    return expiresAt > takenAt && expiresAt <= takenAt + Number(expiry) * DAY;
  }

  function choose() {
    const words = find("search").value.toLowerCase().split(/\s+/);
    const tenant = find("by-tenant")?.value ?? "";
    const { key, direction } = sorting;
    const sign = direction === "ascending" ? 1 : -1;
    shown = tokens
      .filter(
        (token) =>
          words.every((word) => token.text.includes(word)) &&
          (!tenant || token.tenant === Number(tenant)) &&
          kindAndSeverityFit(token.findings) &&
          expiryFits(token.sortedBy.expires),
      )
      .sort((a, b) => {
        const [left, right] = [a.sortedBy[key], b.sortedBy[key]];
        return left === right ? a.sortedBy.token - b.sortedBy.token : left < right ? -sign : sign;
      });
    page = 0;
    show();
  }

  // --- Rows -------------------------------------------------------------------------------------

  function element(name, className, ...content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  function named(name) {
    const made = element("bdi", "name clamp", name);
    if (name.length > 80) made.title = name;
    return made;
  }

  // The date, and how far it is from the audit: "3 days ago" for the ending "ago".
  function dated(time, ending) {
    const distance = Date.parse(time) - takenAt;
    const days = Math.floor(Math.abs(distance) / DAY);
    const words = days === 0 ? "less than a day" : days === 1 ? "1 day" : `${number(days)} days`;
    const relation = distance > 0 ? `in ${words}` : `${words} ${ending}`;
    return [time.slice(0, 10), element("span", "quiet below", relation)];
  }

  const cells = {
    token: (token) => [
      named(token.name),
      element("code", "quiet below", token.id),
      ...(token.managed ? [element("span", "quiet below", "managed by the platform")] : []),
    ],
    owner: ({ owner: { name, id } }) => {
      if (!id && !name) return [element("span", "quiet", "No owner")];
      const unclear = !name || namesakes.get(name) > 1;
      return [...(name ? [named(name)] : []), ...(unclear ? [element("code", "quiet below", id)] : [])];
    },
    tenant: (token) => [element("bdi", "", data.tenants[token.tenant])],
    created: (token) => dated(token.created, "old"),
    used: (token) => (token.used ? dated(token.used, "ago") : ["Never"]),
    expires: (token) => (token.expires ? dated(token.expires, "ago") : ["Never"]),
    scopes: (token, everything) => {
      if (!token.scopes.length) return [element("span", "quiet", "None given: every right")];
      const lines = token.scopes.map((scope) => element("code", "below", scope));
      if (everything || lines.length <= SCOPES_IN_A_ROW + 1) return lines;
      const rest = lines.splice(SCOPES_IN_A_ROW);
      const summary = element("summary", "", `${rest.length} more`);
      return [...lines, element("details", "", summary, ...rest)];
    },
    findings: (token) =>
      token.findings.map(({ kind, severity, accepted }) =>
        element(
          "span",
          `mark ${accepted ? "plain" : severity}`,
          `${data.kinds[kind]} · ${accepted ? "accepted" : severity}`,
        ),
      ),
  };

  function row(token, everything) {
    const made = element("tr", "");
    made.setAttribute("role", "row");
    for (const key of Object.keys(labels)) {
      const cell = element("td", key, ...cells[key](token, everything));
      cell.setAttribute("role", "cell");
      cell.dataset.label = labels[key];
      made.append(cell);
    }
    return made;
  }

  function show() {
    const first = page * ROWS_ON_A_PAGE;
    const last = Math.min(first + ROWS_ON_A_PAGE, shown.length);
    body.replaceChildren(...shown.slice(first, last).map((token) => row(token, false)));
    describe(first, last);
  }

  // On paper there is no next page, so all tokens that match are printed. They are printed as many
  // short tables: browsers take minutes for one of thousands of rows.
  function showOnPaper() {
    const parts = [];
    for (let first = 0; first < shown.length; first += ROWS_ON_A_PAGE) {
      const part = table.cloneNode(true);
      const rows = shown.slice(first, first + ROWS_ON_A_PAGE).map((token) => row(token, true));
      part.querySelector("tbody").replaceChildren(...rows);
      parts.push(part);
    }
    frame.replaceChildren(...parts);
    describe(0, shown.length);
  }

  function showOnScreen() {
    frame.replaceChildren(table);
    show();
  }

  function describe(first, last) {
    const all = `${number(tokens.length)} ${tokens.length === 1 ? "token" : "tokens"}`;
    const count = shown.length === tokens.length ? all : `${number(shown.length)} of ${all} match`;
    const { key, direction } = sorting;
    const sort = find("sort");
    sort.value = `${key} ${direction}`;
    find("shown").textContent = shown.length
      ? `${count}. Rows ${number(first + 1)} to ${number(last)}, sorted by ${sort.selectedOptions[0].text}.`
      : `${count}.`;
    find("previous").setAttribute("aria-disabled", String(first === 0));
    find("next").setAttribute("aria-disabled", String(last === shown.length));
    for (const heading of headings) {
      if (heading.dataset.key === key) heading.setAttribute("aria-sort", direction);
      else heading.removeAttribute("aria-sort");
    }
  }

  // --- What the reader does ---------------------------------------------------------------------

  function turn(pages) {
    const target = page + pages;
    if (target < 0 || target * ROWS_ON_A_PAGE >= shown.length) return;
    page = target;
    show();
    find("tokens").scrollIntoView();
  }

  for (const heading of headings) {
    heading.querySelector("button").addEventListener("click", () => {
      const { key, direction } = sorting;
      const again = heading.dataset.key === key && direction === "ascending";
      sorting = { key: heading.dataset.key, direction: again ? "descending" : "ascending" };
      choose();
    });
  }

  function readForm() {
    const [key, direction] = find("sort").value.split(" ");
    sorting = { key, direction };
    choose();
  }

  find("search").addEventListener("input", choose);
  for (const list of form.querySelectorAll("select")) list.addEventListener("change", readForm);
  find("clear").addEventListener("click", () => {
    form.reset();
    readForm();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  find("previous").addEventListener("click", () => turn(-1));
  find("next").addEventListener("click", () => turn(1));

  addEventListener("beforeprint", showOnPaper);
  addEventListener("afterprint", showOnScreen);

  explorer.hidden = false;
  choose();
})();
