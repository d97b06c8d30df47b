'use strict';

// NestJS 11, sessions in Redis by connect-redis 10 and node-redis 6, Passport 0.7, Socket.IO 4.
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3000 node examples/nestjs/server.js
//
// The app is main.ts and what it imports. This file stands in for `nest start`: it compiles them in memory.

const { readFileSync } = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

const { compilerOptions } = ts.readConfigFile(path.join(__dirname, 'tsconfig.json'), ts.sys.readFile).config;

require.extensions['.ts'] = (module, fileName) => {
  const source = readFileSync(fileName, 'utf8');
  const options = {
    ...compilerOptions,
    module: 'commonjs',
    moduleResolution: 'node10',
    inlineSourceMap: true,
  };
  module._compile(ts.transpileModule(source, { fileName, compilerOptions: options }).outputText, fileName);
};

const { start } = require('./main.ts');

if (require.main === module) {
  const { REDIS_URL = 'redis://127.0.0.1:6379', PORT = '3000' } = process.env;
  start({ redisUrl: REDIS_URL, port: Number(PORT) }).then(({ url }) => console.log(url));
}

module.exports = { start };
