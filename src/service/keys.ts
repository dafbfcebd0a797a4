// Who is calling. A secret is looked up by its SHA-256, so neither the store nor the time of a comparison gives it away.
// Once any key was seen, keys are required until the process ends: a key file emptied by mistake opens nothing.

import { toBase64Url, toHex, toUtf8 } from '../base/bytes.ts'
import { type KeyEntry, type Scope, scopes } from '../contract/api-key.ts'
import type { Clock } from '../ports/clock.ts'
import type { KeyFile } from '../ports/key-file.ts'

export interface Identity {
  keyId: string
  tenant: string
  scopes: ReadonlySet<Scope>
}

export interface KeyRing {
  /** false only when no key has ever been configured */
  required(): Promise<boolean>
  /** @returns undefined when the secret is unknown, revoked or expired */
  authenticate(secret: string): Promise<Identity | undefined>
}

export interface KeyRingSources {
  /** keys of the configuration, fixed for the life of the process */
  listed: readonly KeyEntry[]
  file?: KeyFile
  clock: Clock
  /** told when the key file has become unreadable; the keys read before stay valid */
  report: (error: unknown) => void
}

/** @throws Error when the key file can't be read at the start, or an id or a secret is there twice */
export async function openKeyRing({ listed, file, clock, report }: KeyRingSources): Promise<KeyRing> {
  let filed = await file?.read()
  let byHash = index([...listed, ...(filed ?? [])])
  let required = listed.length > 0 || filed !== undefined

  async function refresh(): Promise<void> {
    try {
      const now = await file?.read()
      if (now === filed) return
      filed = now // also when it turns out wrong, so that one bad file is reported once
      required ||= now !== undefined
      byHash = index([...listed, ...(now ?? [])])
    } catch (error) {
      report(error)
    }
  }

  return {
    async required() {
      await refresh()
      return required
    },
    async authenticate(secret) {
      await refresh()
      const entry = byHash.get(await hashSecret(secret))
      if (!entry || isExpired(entry, clock.nowMs())) return undefined
      return { keyId: entry.id, tenant: entry.tenant, scopes: widen(entry.scopes) }
    },
  }
}

/** Names of a secret's parts: `alv_` lets scanners for leaked secrets find it. */
const SECRET_PREFIX = 'alv_'
/** Below this a secret could be guessed from its hash. */
const secretLengthMin = 16

export interface NewKey {
  id: string
  tenant: string
  scopes: readonly Scope[]
  createdAtMs: number
  expiresAtMs?: number
}

/**
 * @param random  u8[32] from a cryptographic source
 * @returns the secret, to be shown once, and the entry to keep
 */
export async function mintKey(key: NewKey, random: Uint8Array): Promise<{ secret: string; entry: KeyEntry }> {
  const secret = SECRET_PREFIX + toBase64Url(random)
  const entry: KeyEntry = {
    id: key.id,
    tenant: key.tenant,
    scopes: scopes.filter(scope => key.scopes.includes(scope)),
    sha256: await hashSecret(secret),
    created_at: new Date(key.createdAtMs).toISOString(),
    ...(key.expiresAtMs !== undefined && { expires_at: new Date(key.expiresAtMs).toISOString() }),
  }
  return { secret, entry }
}

/**
 * Keys of the configuration: `id:tenant:scope+scope:secret`, or `sha256=<hex>` in the secret's place.
 *
 * @param texts  one key each
 * @throws Error naming the key and what it expected, never the secret
 */
export async function readListedKeys(texts: readonly string[], createdAtMs: number): Promise<KeyEntry[]> {
  const entries: KeyEntry[] = []
  for (const text of texts) entries.push(await readListedKey(text, createdAtMs))
  index(entries)
  return entries
}

async function readListedKey(text: string, createdAtMs: number): Promise<KeyEntry> {
  const [id, tenant, scopeText, secret, ...rest] = text.trim().split(':')
  if (!id || !tenant || !scopeText || !secret || rest.length > 0) {
    throw new Error(`API key ${id || '(without id)'}: expected id:tenant:scope+scope:secret`)
  }
  const named = scopeText.split('+')
  const unknown = named.find(scope => !(scopes as readonly string[]).includes(scope))
  if (unknown !== undefined) {
    throw new Error(`API key ${id}: unknown scope ${unknown}; expected ${scopes.join(', ')}`)
  }
  return {
    id,
    tenant,
    scopes: scopes.filter(scope => named.includes(scope)),
    sha256: await readHash(id, secret),
    created_at: new Date(createdAtMs).toISOString(),
  }
}

async function readHash(id: string, secret: string): Promise<string> {
  if (secret.startsWith('sha256=')) {
    const hex = secret.slice('sha256='.length).toLowerCase()
    if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error(`API key ${id}: sha256= wants 64 hex digits`)
    return hex
  }
  if (secret.length < secretLengthMin) {
    throw new Error(`API key ${id}: a secret has at least ${secretLengthMin} characters`)
  }
  return hashSecret(secret)
}

/** @returns lower-case hex SHA-256 of the secret's UTF-8 */
async function hashSecret(secret: string): Promise<string> {
  return toHex(
    new Uint8Array(await crypto.subtle.digest('SHA-256', toUtf8(secret) as Uint8Array<ArrayBuffer>)),
  )
}

function index(entries: readonly KeyEntry[]): Map<string, KeyEntry> {
  const byHash = new Map<string, KeyEntry>()
  const ids = new Set<string>()
  for (const entry of entries) {
    if (ids.has(entry.id)) throw new Error(`API key ${entry.id} is there twice`)
    const twin = byHash.get(entry.sha256)
    if (twin) throw new Error(`API keys ${twin.id} and ${entry.id} have the same secret`)
    ids.add(entry.id)
    byHash.set(entry.sha256, entry)
  }
  return byHash
}

function isExpired(entry: KeyEntry, nowMs: number): boolean {
  return entry.expires_at !== undefined && Date.parse(entry.expires_at) <= nowMs
}

function widen(granted: readonly Scope[]): ReadonlySet<Scope> {
  return new Set(granted.includes('admin') ? scopes : granted)
}
