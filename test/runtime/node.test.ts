import { processPlace } from './process.ts'
import { describeRuntime } from './runtime.suite.ts'

describeRuntime('Node', () => processPlace(process.execPath))
