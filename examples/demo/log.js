'use strict';

const COLORS = { green: 32, red: 31, yellow: 33, dim: 2 };

/** One line in the terminal: `12:01:02  + connected     alice    websocket`. */
function line(mark, color, what, who, details) {
  const time = new Date().toTimeString().slice(0, 8);
  console.log(
    `${paint('dim', time)}  ${paint(color, `${mark} ${what.padEnd(13)}`)} ${who.padEnd(8)} ${details}`,
  );
}

function paint(color, text) {
  return process.stdout.isTTY ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;
}

module.exports = {
  connected: (who, details) => line('+', 'green', 'connected', who, details),
  disconnected: (who, details) => line('-', 'yellow', 'disconnected', who, details),
  ended: (who, details) => line('!', 'yellow', 'session ended', who, details),
  refused: (code, details) => line('x', 'red', 'refused', '', `${code}: ${details}`),
};
