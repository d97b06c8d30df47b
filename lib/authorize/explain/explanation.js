'use strict';

const MARKS = { passed: '✓', failed: '✗', skipped: '-', unknown: '?', 'not-reached': '·' };
/** The longest name of a step, and a space. */
const STEP_WIDTH = 12;

/**
 * The result of `explain`: plain, and fit for JSON. `String(explanation)` is the text for people. The cause is there for the
 * developer, and in neither of the two: what an app's functions throw may have anything in it.
 * @param {{ isFound: boolean, code: string, critical: boolean, message: string, cause: unknown }} outcome
 * @param {object[]} steps
 * @param {string | null} hint
 */
function explanationOf({ isFound, code, critical, message, cause }, steps, hint) {
  const words = isFound ? 'The user was found' : message;
  const explanation = { authorized: isFound, code, critical, message: words, hint, steps };
  Object.defineProperties(explanation, {
    cause: { value: cause },
    toString: { value: () => textOf(explanation) },
  });
  return explanation;
}

function textOf({ code, message, hint, steps }) {
  const lines = steps.map(({ step, status, text }) => `${MARKS[status]} ${step.padEnd(STEP_WIDTH)}${text}`);
  return [`${code}: ${message}`, '', ...lines, ...(hint === null ? [] : ['', hint])].join('\n');
}

module.exports = { explanationOf };
