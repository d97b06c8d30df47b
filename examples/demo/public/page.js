import { followBanned, openAdmin, showAdmin } from './admin.js';
import { connectAgain, follow, socket } from './connection.js';
import { $ } from './dom.js';
import { followPresent, forgetMessages, openMessages } from './messages.js';
import { openPanel } from './panel.js';
import { offerPeople, showAway, showLogIn, showPresent, showRoom, showThrownOut } from './stage.js';
import { followMe, followRedis, logOutHere, offerTries, tellEnd } from './tries.js';

let me;

function become(user) {
  if (user?.name !== me?.name) forgetMessages();
  me = user;
  followMe(me);
  showAdmin(me?.isAdmin === true);
}

follow({
  inside(user) {
    become(user);
    showRoom(user);
  },
  outside(why) {
    become(undefined);
    showLogIn(why);
  },
  away: showAway,
  thrownOut: (by) => showThrownOut(by, connectAgain),
});

socket.on('present', (people) => {
  showPresent({ people, me: me?.name });
  followPresent(
    people.map(({ name }) => name),
    me?.name,
  );
});
socket.on('ended', ({ reason }) => tellEnd(reason));
openMessages(() => me?.name);
openAdmin();
$('log-out').addEventListener('click', logOutHere);

const { people, sessions } = await (await fetch('/about')).json();
offerPeople(people);
offerTries(people);
$('about').textContent = `Sessions: ${sessions.description}.`;
openPanel(({ redis, banned, online }) => {
  // Who is connected hears it at once, from the socket.
  if (!socket.connected) showPresent({ people: online });
  followRedis(redis);
  followBanned(banned);
});

const elsewhere = new URL(location.origin);
elsewhere.hostname = location.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
$('elsewhere').href = elsewhere.href;
$('elsewhere').textContent = elsewhere.host;
