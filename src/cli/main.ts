// The entry of the `alluvium` executable: hands the process to the command line, nothing else.

import { alluvium } from './alluvium.ts'

const code = await alluvium(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onSignal(callback) {
    process.on('SIGINT', callback).on('SIGTERM', callback)
    return () => process.off('SIGINT', callback).off('SIGTERM', callback)
  },
  exit: code => process.exit(code),
})

process.exitCode = code
// A service that could not start may have left threads behind, which would keep the process from ending.
if (code !== 0) process.exit()
