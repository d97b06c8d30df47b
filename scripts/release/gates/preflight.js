'use strict';

const { newestEntry } = require('./versions');

/**
 * Why this commit cannot be published yet. These are requirements of a release only, not of a checkout.
 *
 * @param {object} release
 * @param {object} release.manifest package.json
 * @param {string} release.changelog
 * @param {string | undefined} release.tag the git tag, such as `v1.2.3`; undefined in a rehearsal
 * @param {string | undefined} release.repository `owner/name` of the repository that the workflow runs in
 * @returns {string[]} one sentence a fault
 */
function preflightFaults({ manifest, changelog, tag, repository }) {
  const { version } = manifest;
  const faults = [];
  if (tag !== undefined && tag !== `v${version}`)
    faults.push(`the tag is ${tag}, and package.json has ${version}`);
  const entry = newestEntry(changelog);
  if (entry?.version !== version || !/^\d{4}-\d\d-\d\d$/.test(entry.note)) {
    faults.push(`the newest entry of CHANGELOG.md is not "## ${version} (YYYY-MM-DD)"`);
  }
  return [...faults, ...repositoryFaults(manifest, repository)];
}

/** npm refuses a provenance statement whose repository is not the one that the package names. */
function repositoryFaults({ repository: declared }, repository) {
  const url = typeof declared === 'string' ? declared : declared?.url;
  if (url === undefined) return ['package.json has no repository.url, without which npm refuses provenance'];
  const named = /^(?:git\+)?https:\/\/github\.com\/([^/]+\/[^/]+?)(?:\.git)?$/.exec(url)?.[1];
  if (named === undefined)
    return [`repository.url ${url} is not of the form git+https://github.com/OWNER/NAME.git`];
  if (repository === undefined || named.toLowerCase() === repository.toLowerCase()) return [];
  return [`repository.url is of ${named}, and this workflow runs in ${repository}`];
}

module.exports = { preflightFaults };
