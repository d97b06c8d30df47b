'use strict';

const COLORS = { green: 32, red: 31, yellow: 33, dim: 2 };

/**
 * What happens, in the terminal: `12:01:02  + connected     alice    websocket`.
 * @param {(text: string) => void} [print]
 */
function makeLog(print = console.log) {
  const line = (mark, color, what, who, details) => {
    const time = new Date().toTimeString().slice(0, 8);
    print(`${paint('dim', time)}  ${paint(color, `${mark} ${what.padEnd(13)}`)} ${who.padEnd(8)} ${details}`);
  };
  return {
    connected: (who, details) => line('+', 'green', 'connected', who, details),
    disconnected: (who, details) => line('-', 'yellow', 'disconnected', who, details),
    ended: (who, details) => line('!', 'yellow', 'session ended', who, details),
    refused: (code, message) => line('x', 'red', 'refused', '', `${code}: ${message.replace(/\s+/g, ' ')}`),
  };
}

function paint(color, text) {
  return process.stdout.isTTY ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;
}

module.exports = { makeLog };
