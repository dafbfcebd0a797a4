// The floors of the house. Imports run down, never up or sideways: what is named here is all that a room may know
// besides itself. A folder that is missing here has no floor, and test/tidy.test.ts says so.

const ground = ['base', 'contract']
const middle = [...ground, 'ports', 'engine']
const store = [...middle, 'segment', 'catalog']
const work = [...store, 'pack', 'ingest', 'pipeline', 'query']
const house = [...work, 'service', 'routes']

/** A room is a folder of src, or routes. */
export const floors = {
  base: [],
  contract: ['base'],
  generate: ground,
  pack: ground,
  ports: ground,
  engine: ground,
  adapters: middle,
  segment: middle,
  catalog: [...middle, 'segment'],
  ingest: store,
  pipeline: [...store, 'pack'],
  query: [...store, 'pack'],
  service: work,
  routes: [...work, 'service'],
  runtime: [...house, 'adapters'],
  cli: [...house, 'adapters', 'runtime', 'generate'],
}

const entrances = '^src/(cli/main|engine/engine|runtime/(worker|[a-z-]+-thread))\\.ts$'
const portable = { path: '^(src|routes)/', pathNot: '^src/(adapters|runtime|cli)/' }

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(floors).map(([room, below]) => ({
      name: `floor-of-${room}`,
      comment: `${room} may know ${below.join(', ') || 'nothing'}: imports run down, never up or sideways`,
      severity: 'error',
      from: { path: placeOf([room]) },
      to: { path: '^(src|routes|wasm|test|bench|scripts|console)/', pathNot: placeOf([room, ...below]) },
    })),
    {
      name: 'node-in-its-place',
      comment:
        'only adapters, runtime and cli know a platform; everything else runs wherever JavaScript does',
      severity: 'error',
      from: portable,
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'platform-in-its-place',
      comment: 'packages that are a platform, or run on one alone',
      severity: 'error',
      from: portable,
      to: { path: '(^|/)(@hono/node-server|hono/(bun|deno|cloudflare-workers)|@bokuweb/zstd-wasm)(/|$)' },
    },
    {
      name: 'kernels-stand-alone',
      comment: 'a kernel is compiled by another compiler and can import nothing of ours',
      severity: 'error',
      from: { path: '^wasm/' },
      to: { path: '^(src|routes)/' },
    },
    {
      name: 'no-circles',
      comment: 'two files that need each other are one idea, or need a third',
      severity: 'error',
      from: { path: '^(src|routes)/' },
      to: { circular: true },
    },
    {
      name: 'no-lost-files',
      comment: 'what neither the command line nor a runtime reaches is dead',
      severity: 'error',
      from: { path: entrances },
      to: { path: '^(src|routes)/', pathNot: [entrances, '\\.d\\.ts$'], reachable: false },
    },
    {
      name: 'shipped-dependencies',
      comment: 'what the package runs on must be installed with it',
      severity: 'error',
      from: { path: '^(src|routes)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere escapes every other rule',
      severity: 'error',
      from: { path: '^(src|routes|wasm)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API that the cruiser could parse with; without another parser it reads nothing and is content
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}

/** @param {readonly string[]} rooms */
function placeOf(rooms) {
  return `^(${rooms.map(room => (room === 'routes' ? 'routes' : `src/${room}`)).join('|')})/`
}
