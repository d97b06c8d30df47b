'use strict';

const { name, repository, version } = require('../../../package.json');

/** Where a hint ends: on the web in the version that is installed, once package.json has an address; else in the package. */
const PAGE = `${baseOf(repository?.url)}/docs/troubleshooting.md`;

function baseOf(url) {
  const [, owner] = /github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url ?? '') ?? [];
  return owner === undefined ? `node_modules/${name}` : `https://github.com/${owner}/blob/v${version}`;
}

/** The place of a code on the page: a heading, whose anchor GitHub makes in lower case. */
function linkTo(code) {
  return `${PAGE}#${code.toLowerCase()}`;
}

module.exports = { PAGE, linkTo };
