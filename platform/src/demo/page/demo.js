// Signs in by the ordinary route, with the password that the people of the demo share. Cookies belong to a host, so each of the two has one.

/** @typedef {{ userName: string, displayName: string, about: string, host: string }} Person */

/** Where the client keeps who is signed in here: whoever that was gives way. */
const ME = 'parley.me';
const AGAIN_MS = 1000;

const state = /** @type {HTMLElement} */ (document.querySelector('#state'));
const list = /** @type {HTMLElement} */ (document.querySelector('#people'));
const both = /** @type {HTMLButtonElement} */ (document.querySelector('#both'));

/** @type {{ people: Person[], password: string }} */
const { people, password } = await (await fetch('/demo/people.json')).json();

/** @param {Person} person */
const addressOf = ({ host, userName }) => `http://${host}:${location.port}/demo#${userName}`;

/** @param {Person} person */
async function comeIn({ userName, displayName }) {
  state.textContent = `Signing in as ${displayName} …`;
  const answer = await fetch('/api/auth/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: userName, password, deviceName: 'This browser' }),
  });
  if (answer.ok) {
    localStorage.removeItem(ME);
    location.replace('/');
    return;
  }
  const { title } = await answer.json();
  state.textContent = `${title} Once more in a moment …`;
  setTimeout(enter, AGAIN_MS);
}

function enter() {
  const person = people.find(({ userName, host }) => location.hash === `#${userName}` && location.hostname === host);
  if (person) void comeIn(person);
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} properties
 */
const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

for (const person of people) {
  const link = element('a', { href: addressOf(person) });
  link.append(
    element('img', { src: `/demo/${person.userName}.png`, alt: '', width: 72, height: 72 }),
    element('strong', { textContent: person.displayName }),
    element('span', { textContent: person.about }),
    element('em', { textContent: `Come in as ${person.displayName.split(' ')[0]} →` }),
  );
  const item = element('li', {});
  item.append(link);
  list.append(item);
}

both.hidden = false;
both.addEventListener('click', () => {
  const [first, second] = people;
  if (!first || !second) return;
  const width = Math.floor(screen.availWidth / 2);
  open(addressOf(second), '_blank', `popup,width=${width},height=${screen.availHeight},left=${width},top=0`);
  location.assign(addressOf(first));
});
addEventListener('hashchange', enter);
enter();
