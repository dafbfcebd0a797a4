// The domains whose scores were looked at while the rules were written, and those that were held out until they stood.

import {
  always,
  amount,
  around,
  type Domain,
  instants,
  oneOf,
  ownIds,
  prose,
  sometimes,
  things,
  yesNo,
} from './streams.ts'

export const knownDomains: readonly Domain[] = [
  {
    name: 'shop',
    fields: [
      ['event_id', 'ereignis_id', ownIds()],
      ['time', 'zeit', instants()],
      ['event', 'ereignis', oneOf('viewed', 'ordered', 'paid', 'returned')],
      ['customer_id', 'kunden_nr', things(400, 'coded', 'integer', 'email', 'uuid', 'hash', 'small')],
      ['product_sku', 'artikelnummer', things(250, 'coded', 'digits', 'name')],
      ['store', 'filiale', things(45, 'login', 'coded')],
      ['quantity', 'menge', oneOf(1, 2, 3, 4, 5)],
      ['price', 'preis', amount(300, 2)],
      ['currency', 'waehrung', oneOf('EUR', 'USD', 'GBP')],
      ['note', 'bemerkung', sometimes(0.4, prose(4, 12))],
    ],
    pairs: [
      ['customer_id', 'product_sku'],
      ['customer_id', 'store'],
    ],
  },
  {
    name: 'server log',
    fields: [
      ['timestamp', 'horodatage', instants()],
      ['level', 'niveau', oneOf('info', 'warn', 'error')],
      ['host', 'serveur', things(60, 'coded')],
      ['client_ip', 'adresse_ip', things(500, 'ip')],
      ['path', 'chemin', things(120, 'path')],
      ['method', 'methode', oneOf('GET', 'POST', 'PUT')],
      ['status', 'statut', oneOf(200, 404, 500, 301)],
      ['duration_ms', 'duree_ms', amount(4000, 0)],
      ['bytes', 'octets', amount(90_000, 0)],
      ['message', 'texte', prose(5, 14)],
      ['request_id', 'requete_id', ownIds()],
    ],
    pairs: [
      ['client_ip', 'host'],
      ['client_ip', 'path'],
      ['host', 'path'],
    ],
  },
  {
    name: 'sensors',
    fields: [
      ['ts', 'hora', instants()],
      ['sensor_id', 'sensor_numero', things(150, 'coded', 'integer', 'small', 'name')],
      ['gateway', 'puerta', things(60, 'coded', 'login')],
      ['temperature', 'temperatura', around(21, 8)],
      ['humidity', 'humedad', around(50, 20)],
      ['battery', 'bateria', amount(100, 0)],
      ['unit', 'unidad', always('C')],
      ['alarm', 'alarma', yesNo()],
    ],
    pairs: [['sensor_id', 'gateway']],
  },
]

export const heldOutDomains: readonly Domain[] = [
  {
    name: 'tickets',
    fields: [
      ['created_at', '作成日時', instants()],
      ['ticket_no', '問い合わせ番号', things(500, 'coded', 'integer', 'small')],
      ['reporter', '使用者', things(200, 'login', 'email', 'name', 'hash')],
      ['assignee', '担当者', things(40, 'login', 'email')],
      ['status', 'ステータス', oneOf('open', 'pending', 'solved', 'closed')],
      ['priority', '優先度', oneOf('low', 'normal', 'high')],
      ['subject', '件名', prose(4, 9)],
      ['body', '本文', prose(12, 40)],
      ['minutes_spent', '時間数', amount(600, 0)],
      ['escalated', '是否', yesNo()],
    ],
    pairs: [
      ['reporter', 'ticket_no'],
      ['assignee', 'ticket_no'],
      ['reporter', 'assignee'],
    ],
  },
  {
    name: 'chat',
    fields: [
      ['message_id', '消息编号', ownIds()],
      ['sent_at', '时间', instants()],
      ['sender', '发送者', things(300, 'login', 'uuid')],
      ['room', '频道', things(90, 'login', 'coded', 'name')],
      ['text', '内容', prose(4, 20)],
      ['lang', '语言', oneOf('en', 'de', 'fr', 'zh')],
      ['edited', '编辑', yesNo()],
      ['length', '长度', amount(400, 0)],
    ],
    pairs: [['room', 'sender']],
  },
  {
    name: 'deliveries',
    fields: [
      ['recorded', 'registrado', instants()],
      ['driver_name', 'conductor', things(120, 'name', 'login')],
      ['vehicle', 'vehiculo', things(80, 'coded', 'login')],
      ['order_number', 'pedido', things(600, 'coded', 'integer', 'digits', 'small')],
      ['city', 'ciudad', oneOf('Lima', 'Quito', 'Cusco', 'La Paz', 'Bogota', 'Cali')],
      ['state', 'estado', oneOf('picked', 'moving', 'arrived')],
      ['weight_kg', 'peso', amount(60, 1)],
      ['km', 'distancia', amount(200, 1)],
      ['remark', 'comentario', sometimes(0.3, prose(4, 10))],
      ['version', 'version', always('2.1')],
    ],
    pairs: [
      ['driver_name', 'vehicle'],
      ['driver_name', 'order_number'],
    ],
  },
  {
    name: 'payments',
    fields: [
      ['transaction_id', 'идентификатор', ownIds()],
      ['date', 'дата', instants()],
      ['account', 'счет', things(350, 'integer', 'coded', 'uuid', 'small')],
      ['merchant', 'продавец', things(120, 'name', 'login', 'coded')],
      ['device', 'устройство', things(400, 'uuid', 'coded')],
      ['amount', 'сумма', amount(900, 2)],
      ['country', 'страна', oneOf('PL', 'CZ', 'SK', 'HU', 'AT', 'DE')],
      ['declined', 'отказ', yesNo()],
      ['score', 'оценка', amount(1, 3)],
    ],
    pairs: [
      ['account', 'merchant'],
      ['account', 'device'],
    ],
  },
]

/** Written after the scores of the others were seen, and after the rules had been changed because of them. */
export const lastDomains: readonly Domain[] = [
  {
    name: 'games',
    fields: [
      ['uid', 'kayit_no', ownIds()],
      ['at', 'data_ora', instants()],
      ['player', 'giocatore', things(350, 'login', 'uuid', 'name', 'small')],
      ['match_id', 'partita', things(400, 'integer', 'hash', 'coded')],
      ['server_node', 'server', things(30, 'coded', 'login')],
      ['map', 'mappa', oneOf('dust', 'ruins', 'harbour', 'ice', 'valley', 'tower', 'mine')],
      ['kills', 'uccisioni', amount(30, 0)],
      ['ping', 'latenza', amount(250, 0)],
      ['won', 'vinto', yesNo()],
      ['build', 'versione', oneOf('1.0.3', '1.0.4', '1.1.0')],
    ],
    pairs: [
      ['player', 'match_id'],
      ['player', 'server_node'],
    ],
  },
  {
    name: 'clinic',
    fields: [
      ['visit_time', 'data_wizyty', instants()],
      ['patient_code', 'pacjent', things(300, 'coded', 'digits', 'integer')],
      ['doctor', 'lekarz', things(40, 'name', 'login')],
      ['ward', 'oddzial', oneOf('north', 'south', 'east', 'surgery', 'eye', 'heart')],
      ['diagnosis_code', 'rozpoznanie', things(90, 'coded')],
      ['pulse', 'tetno', around(80, 30)],
      ['bill', 'rachunek', amount(2000, 2)],
      ['observations', 'uwagi', prose(6, 25)],
      ['emergency', 'nagly', yesNo()],
    ],
    pairs: [
      ['patient_code', 'doctor'],
      ['patient_code', 'diagnosis_code'],
    ],
  },
]
