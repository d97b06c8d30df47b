'use strict';

/**
 * The rooms, from top to bottom. A file imports from its own room and from rooms of lower layers; rooms of one layer do not
 * know each other. `only` names texts that are allowed in some rooms alone (comments and strings are not looked at).
 */
const RULES = [
  {
    folder: 'lib',
    extension: '.js',
    layers: [
      ['lib/testing'],
      ['lib/authorize'],
      ['lib/live'],
      ['lib/sessions', 'lib/sockets'],
      ['lib/redis'],
      ['lib/request-user.js', 'lib/outcomes.js', 'lib/diagnostics'],
      ['lib/errors.js'],
      ['lib/addon', 'lib/doctor'],
      ['binding.js', 'package.json'],
    ],
    only: [
      {
        text: /process\s*\.\s*emitWarning/,
        where: ['lib/diagnostics'],
        why: 'only lib/diagnostics emits warnings',
      },
    ],
  },
  {
    folder: 'src',
    extension: '.rs',
    layers: [['src/lib.rs'], ['src/node'], ['src/redis'], ['src/watch'], ['src/pipeline'], ['src/core']],
    only: [
      { text: /\bnapi\w*\b/, where: ['src/node'], why: 'only src/node names napi' },
      { text: /\bunsafe\b(?!_code)/, where: ['src/node/raw'], why: 'only src/node/raw has unsafe code' },
      {
        text: /\bredis\b/,
        where: ['src/lib.rs', 'src/node', 'src/redis'],
        why: 'the pipeline, the watch and the core know no Redis',
      },
      {
        text: /\btokio\w*\b|\bstd::thread\b/,
        where: ['src/node', 'src/redis', 'src/watch', 'src/pipeline'],
        why: 'the core starts no threads and no tasks',
      },
    ],
  },
];

module.exports = { RULES };
