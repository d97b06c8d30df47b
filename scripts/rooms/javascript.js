'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * What JavaScript files import by a relative path.
 * @param {{ file: string, name: string, text: string }[]} files
 * @returns {{ from: string, to: string, text: string, line: number }[]} names as of `filesUnder`
 */
function importsOfJavaScript(files) {
  return files.flatMap(({ file, name, text }) => {
    const root = file.slice(0, -name.length);
    return text.split('\n').flatMap((lineText, index) =>
      [...lineText.matchAll(/\brequire\('(\.[^']*)'\)/g)].map(([found, target]) => ({
        from: name,
        to: path
          .relative(root, resolved(path.join(path.dirname(file), target)))
          .split(path.sep)
          .join('/'),
        text: found,
        line: index + 1,
      })),
    );
  });
}

/** As Node resolves it; `binding.js` may not have been made yet. */
function resolved(target) {
  const isFile = (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile();
  return [target, `${target}.js`, `${target}.json`, path.join(target, 'index.js')].find(isFile) ?? target;
}

module.exports = { importsOfJavaScript };
