// Completes package-lock.json: packages for platforms other than this one. npm leaves them out when the registry that it
// asked doesn't carry them, and `npm ci` then refuses the lock everywhere, here too.
//
//     npm install && node scripts/lock-platforms.mjs

import { readFileSync, writeFileSync } from 'node:fs'

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const added = {}
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (!isLocked(path, name)) added[`node_modules/${name}`] = entryOf(name, version, dev)
  }
}
const packages = Object.entries({ ...lock.packages, ...added }).sort(([left], [right]) =>
  left.localeCompare(right, 'en'),
)
writeFileSync(
  'package-lock.json',
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
)
console.log(`${Object.keys(added).length} packages of other platforms added`)

/** Whether the package at `path` finds `name` in its own node_modules or in one further up. */
function isLocked(path, name) {
  const at = `${path === '' ? '' : `${path}/`}node_modules/${name}`
  if (at in lock.packages) return true
  const above = path.lastIndexOf('/node_modules/')
  return path !== '' && isLocked(above < 0 ? '' : path.slice(0, above), name)
}

/** Without a checksum, which only the registry that has the package can tell. */
function entryOf(name, version, dev) {
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}: ${version} is no exact version`)
  const words = name
    .split(/[/@-]/)
    .map(word => ({ windows: 'win32', gnueabihf: 'gnu', musleabihf: 'musl' })[word] ?? word)
  const pick = known => words.filter(word => known.includes(word))
  const [os, cpu] = [pick(systems), pick(processors)]
  if (os.length === 0) throw new Error(`${name} names no platform`)
  const libc = words.includes('musl') ? ['musl'] : os[0] === 'linux' ? ['glibc'] : undefined
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(libc && { libc }),
    optional: true,
    os,
  }
}
