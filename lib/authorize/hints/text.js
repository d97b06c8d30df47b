'use strict';

/** A text of a client is cut: a name of 16 KB is no help in a log. */
const MOST_CHARACTERS = 200;
/** So many names are told; of the others, how many they are. */
const MOST_NAMES = 5;

/** A text of the client, cut and quoted: control characters are escaped, so that it cannot forge a line of a log. */
function shown(text) {
  return JSON.stringify(String(text).slice(0, MOST_CHARACTERS)).replaceAll(CONTROLS, escaped);
}

/** JSON leaves DEL, the C1 controls, and what some terminals read as the end of a line or as a change of direction. */
const CONTROLS = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Names of cookies, each cut shorter than other texts. */
function listed(names) {
  const first = names.slice(0, MOST_NAMES).map((name) => shown(name.slice(0, 40)));
  const more = names.length - first.length;
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}

module.exports = { listed, shown };
