'use strict';

const js = require('@eslint/js');
const globals = require('globals');

/**
 * Jest gives its tests a global object of its own. Those of 26 and 27 lack much of what Node has, with a DOM all do, and
 * its timers are then numbers, without `unref`. So lib takes nothing of Node's from there but these two.
 */
const EVERYWHERE = ['Buffer', 'process'];
const ELSEWHERE = Object.keys(globals.nodeBuiltin).filter((name) => !EVERYWHERE.includes(name));

module.exports = [
  { ignores: ['binding.js', 'target/', 'npm/', '**/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'commonjs', globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-implicit-globals': 'error',
      'no-shadow': 'error',
      'no-throw-literal': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      strict: ['error', 'global'],
    },
  },
  {
    files: ['index.js', 'lib/**/*.js'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: ELSEWHERE.map((name) => ({
            name,
            message: 'Jest may not have it: require it from its node: module.',
          })),
          checkGlobalObject: true,
        },
      ],
    },
  },
  // What a Node that is too old gets to parse: it has to reach the message that says so.
  { files: ['index.js', 'lib/addon/index.js'], languageOptions: { ecmaVersion: 2018 } },
  {
    files: ['examples/demo/public/*.js'],
    languageOptions: { sourceType: 'module', ecmaVersion: 2022, globals: globals.browser },
  },
  // In the page's head, before the first paint: no module is that early.
  { files: ['examples/demo/public/theme.js'], languageOptions: { sourceType: 'script' } },
  { files: ['**/*.mjs'], languageOptions: { sourceType: 'module', globals: globals.node } },
];
