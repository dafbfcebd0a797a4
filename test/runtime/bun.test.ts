import { bunExecutable } from './executables.ts'
import { processPlace } from './process.ts'
import { describeRuntime } from './runtime.suite.ts'

describeRuntime('Bun', () => processPlace(bunExecutable()))
