// The files of a model, from a folder or from below a URL.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbedError } from '../ports/embedder.ts'

export interface ModelFiles {
  /** last part of the path */
  name: string
  /** @returns undefined when there is no such file. @throws EmbedError */
  read(file: string): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/** An ONNX model of more can't be loaded into 32-bit WASM. */
const fileBytesMax = 2 ** 31

/** @param path  a folder, or an http(s) URL of one */
export function modelFiles(path: string): ModelFiles {
  const trimmed = path.replace(/[\\/]+$/, '')
  const name = (trimmed.split(/[\\/]/).at(-1) ?? '').replaceAll(/[\s?#]+/g, '-') || 'onnx'
  return /^https?:\/\//.test(path)
    ? { name, read: file => fetched(name, `${trimmed}/${file}`) }
    : { name, read: file => opened(name, join(path, file)) }
}

async function opened(name: string, path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new EmbedError(name, `${path} can’t be read`, { cause })
  }
}

async function fetched(name: string, url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const failed = (reason: string, cause?: unknown) =>
    new EmbedError(name, `${url} ${reason}`, { cause, isTransient: true })
  const response = await fetch(url).catch(cause => {
    throw failed('can’t be reached', cause)
  })
  if (response.status === 404) return undefined
  if (!response.ok) throw failed(`answered ${response.status}`)
  if (Number(response.headers.get('content-length')) > fileBytesMax) throw failed('is larger than 2 GiB')
  return new Uint8Array(
    await response.arrayBuffer().catch(cause => {
      throw failed('broke off', cause)
    }),
  )
}
