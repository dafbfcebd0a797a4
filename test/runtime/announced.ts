// A body that is only announced. Who is refused before the body was read may be cut off while still sending it, and then
// whether the answer arrives is a matter of luck.

import { request } from 'node:http'

/** @returns the status of the answer to `Content-Length: bodyBytes` */
export function announced(url: string, bodyBytes: number): Promise<number> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': bodyBytes }
    const sending = request(`${url}/v1/events`, { method: 'POST', headers }, answer => {
      done(answer.statusCode!)
      sending.destroy()
    })
    sending.once('error', fail)
    sending.flushHeaders()
  })
}
