import { denoExecutable } from './executables.ts'
import { processPlace } from './process.ts'
import { describeRuntime } from './runtime.suite.ts'

describeRuntime('Deno', () => processPlace(denoExecutable(), 'run', '--allow-all'))
