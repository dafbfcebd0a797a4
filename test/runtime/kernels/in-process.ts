// Run by Node, Bun and Deno: `in-process.mjs engine.wasm` prints what its kernels answer; nothing when it can't compile them.

import { readFileSync } from 'node:fs'
import { answersOf } from './answers.ts'

const bytes = new Uint8Array(readFileSync(process.argv[2]!))
console.log(WebAssembly.validate(bytes) ? JSON.stringify(answersOf(new WebAssembly.Module(bytes))) : 'null')
