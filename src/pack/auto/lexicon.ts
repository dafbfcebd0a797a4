// What words in field names usually stand for, in the languages that producers name their fields in. It is where a
// judgement begins; values that say otherwise win.

/** People and accounts that act. The first word of a line is what is said where the others cannot be a name of a type. */
const persons = `
user: users benutzer nutzer anwender utilisateur usuario utente gebruiker anvandare brukere bruger uzytkownik kayttaja kullanici pengguna polzovatel пользователь 用户 用户名 用戶 ユーザー 使用者 사용자 usr uid userid
actor: performer subject principal initiator whoami editor creator author autor auteur autore writer poster commenter reporter
member: mitglied membre miembro membro lid medlem członek czlonek участник 成员 会员 會員 メンバー 회원 membercode
customer: kunde kunden client cliente klant kund klient klientka buyer kaufer acheteur comprador acquirente shopper consumer клиент покупатель заказчик 客户 顾客 客戶 買家 顧客 購入者 고객 musteri zakaznik ugyfel cust
account: konto compte cuenta konta rekening acct аккаунт 账户 账号 帳號 アカウント 계정
employee: mitarbeiter angestellter employe empleado dipendente medewerker staff agent operator worker сотрудник 员工 員工 社員 직원
player: spieler joueur jugador giocatore gamer игрок 玩家 プレイヤー
patient: paciente paziente пациент 患者 환자
student: schueler eleve alumno studente learner pupil студент 学生
driver: fahrer chauffeur conductor autista courier rider водитель 司机
sender: absender expediteur remitente mittente отправитель 发送者
visitor: besucher visiteur visitante subscriber guest gast invite abonnent abonne viewer follower friend contact person people persona personne login logins username passenger
`

/** Things that events happen to, and people that others act for or upon. */
const things = `
receiver: recipient empfanger destinataire destinatario ontvanger получатель 接收者 收件人
seller: verkaufer vendeur vendedor venditore vendor merchant продавец 卖家 商家
owner: assignee reviewer approver merged_by 担当者 负责人
device: gerat geraet appareil dispositivo apparaat urzadzenie enhet устройство 设备 裝置 デバイス 端末 장치 hardware handset phone
host: hostname server serveur servidor node nodename machine maschine vm instance container pod cluster rechner computer ordinateur хост сервер 主机 服务器 サーバー ホスト
sensor: fuhler capteur probe meter zahler thermostat gateway station датчик 传感器 センサー 센서
session: sitzung sesion sessione sessie sess сессия 会话 セッション 세션
order: bestellung auftrag commande pedido orden ordine bestelling zamowienie заказ 订单 訂單 注文 주문 cart basket warenkorb panier booking buchung reservation
product: produkt produit producto prodotto artikel article articulo articolo item sku ware товар продукт артикул 商品 产品 產品 品目 製品 상품 ean isbn asin
page: seite pagina strona страница 页面 網頁 ページ document dokument file datei fichier archivo url uri path endpoint route website site
repo: repository repositorio depot project projekt projet proyecto progetto branch commit проект 项目 プロジェクト
ticket: issue case vorgang incident request_number anfrage incidencia тикет 工单 問い合わせ chamado
org: organization organisation organisacion company firma unternehmen entreprise empresa azienda bedrijf tenant workspace команда организация компания 公司 组织 会社 회사 team equipe equipo
shop: store laden magasin tienda negozio winkel filiale branch_office магазин 店铺 商店 店舗 warehouse lager entrepot almacen 仓库
channel: kanal canal canale kanaal room raum salon sala chatroom thread conversation forum топик канал чат 频道 群组 チャンネル 채널 chat
campaign: kampagne campagne campana affiliate partner coupon promotion акция 活动
game: spiel jeu juego gioco игра 游戏 ゲーム video song track movie film album artist book
vehicle: fahrzeug vehicule vehiculo car truck bus flight zug train plane автомобиль 车辆 車両
invoice: rechnung facture factura fattura payment zahlung paiement pago счет 发票 請求書
service: dienst microservice app application anwendung aplicacion applicazione приложение 应用 アプリ job task workflow pipeline topic queue
ip: ipaddress ip_address remote_addr addr clientip srcip dstip ip地址 ipv4 ipv6 mac
email: mail emailaddress correo courriel 邮箱 メール почта fingerprint
supplier: lieferant fournisseur proveedor fornitore поставщик 供应商 airport line room_number asset equipment zone_id area_id
`

/** What sorts events, or tells something of what they mention. */
const categories = `
type typ tipo kind art sorte genre тип 类型 類型 種類 유형 category kategorie categorie categoria categoría категория 类别 分类 カテゴリ class klasse classe clase
status statut stato estado state zustand статус состояние 状态 狀態 ステータス 상태 level niveau nivel livello stufe уровень 级别 レベル severity schweregrad priority prioritat priorite prioridad priorita приоритет 优先级
action aktion accion azione действие 动作 操作 アクション event ereignis evento evenement событие 事件 イベント verb operation op method methode metodo метод 方法 command activity vorgangstyp
result outcome ergebnis resultat resultado response reply_type mode modus modo phase stage step schritt etape
country land pays pais paese страна 国家 国 国家代码 城市 city stadt ville ciudad citta cidade город 都市 region bundesland provincia province county continent metro iso location ort lieu lugar luogo место 地点 地区 area zone postcode zip plz timezone tz
language lang sprache langue idioma lingua язык 语言 言語 locale currency wahrung devise moneda valuta валюта 货币 通貨
platform plattform os browser engine version release env environment umgebung entorno tier plan gender geschlecht sexe genero sex пол 性别 color farbe couleur colour brand marke marque marca model modell modele modelo unit einheit unite unidad
protocol scheme format encoding department abteilung departement departamento role rolle rol vip group gruppe groupe grupo namespace segment label tag tags flag source quelle medium referrer_type agent_string useragent
code reason_code error_code errno port weekday hour month year day quarter wochentag monat jahr carrier rank grade
`

/** Numbers that have an order and a sum. */
const measures = `
count anzahl nombre_total cantidad quantity menge quantite quantita qty количество 数量 個数 수량 total sum summe somme suma amount betrag montant monto importe importo bedrag сумма 金额 金額 금액 price preis prix precio prezzo prijs цена 价格 価格 가격 cost kosten cout costo
value wert valeur valor valore waarde значение 值 値 size grosse taille tamano bytes length lange longueur width height weight gewicht poids peso вес
duration dauer duree duracion durata длительность 时长 latency latenz elapsed ms seconds sec secs minutes millis msec ns us runtime took
temperature temperatur temp temperatura температура 温度 humidity feuchte feuchtigkeit humidite humedad umidita влажность 湿度 pressure druck pression presion давление voltage spannung volt current power watt speed geschwindigkeit vitesse velocidad velocita скорость 速度 rpm vibration battery
lat lon lng latitude longitude altitude score rate ratio percent percentage prozent share rating bewertung stars note_value balance saldo solde age alter edad delta added deleted changed cpu memory mem load disk usage utilization throughput retries attempts bid odds stake payout points punkte puntos discount rabatt remise tax steuer offset position index seq sequence
`

/** What people wrote. */
const texts = `
text texto texte testo tekst текст 文本 本文 message msg nachricht mensaje messaggio bericht сообщение 消息 信息 メッセージ 메시지 comment comments kommentar commentaire comentario commento комментарий 评论 備考 コメント 댓글
description desc beschreibung descripcion descrizione omschrijving описание 描述 説明 설명 body inhalt contenu contenido contenuto content содержание 内容 內容 title titel titre titulo titolo название 标题 タイトル subject_line betreff asunto oggetto objet тема 主题 件名
summary zusammenfassung resume resumen riassunto note notes notiz notizen remarque nota detail details question frage pregunta domanda вопрос 问题 質問 answer antwort reponse respuesta risposta review feedback caption reason grund raison motivo causa причина 原因 理由 query search_query suchbegriff headline quote bio about error fehler erreur exception stacktrace
`

const times = `
time zeit heure hora ora tijd время 时间 時間 時刻 시간 date datum fecha data_ora дата 日期 日時 timestamp ts datetime zeitstempel zeitpunkt horodatage created updated modified occurred received started ended expires birthday deadline 创建时间
`

const flags = `
is has was can should enabled disabled active deleted_flag verified anonymous public private success ok ist hat aktiv est actif activo attivo boolean bool valid 是否
`

/** What is made anew for each event. */
const uniques = `
event_id message_id request_id trace_id span_id transaction_id tx_id txn_id correlation_id log_id record_id insert_id batch_id event_uuid message_uuid guid nonce checksum sha hash digest signature etag offset_id push_id row_id eventid messageid requestid traceid spanid transactionid ereignis_id
`

/** What a name ends with when it tells which one, or how it is called. */
const labels = `
id ids uid uuid guid key no nr num number nummer numero nombre numer номер 编号 号 番号 번호 code kode ref reference slug handle name names nom nome naam namn имя 名称 名 名前 이름 title login username mail email url uri href link html api address addr identifier kennung schluessel clave cle код 代码 sku gravatar avatar display full first last short nick nickname screen hex
`

/** Of what sorts events, what says what happened. */
const verbs = `
type event action verb operation op activity kind command method event_type event_name eventtype eventname typ aktion ereignis tipo accion evento azione evenement тип действие событие 类型 动作 操作 事件 アクション
`

export type NameRole = 'identity' | 'category' | 'measure' | 'text' | 'time' | 'flag' | 'unique'

export interface Meaning {
  role: NameRole
  /** who acts, rather than what it is done to */
  isPerson: boolean
  /** its English word */
  canonical: string
}

const meanings = new Map<string, Meaning>()

for (const [role, list] of Object.entries({ unique: uniques, time: times, flag: flags })) learn(role, list)
for (const [role, list] of Object.entries({ text: texts, measure: measures, category: categories }))
  learn(role, list)
for (const [lines, isPerson] of [
  [things, false],
  [persons, true],
] as const) {
  for (const line of lines.trim().split('\n')) {
    const [canonical, others] = line.split(':') as [string, string]
    for (const word of [canonical, ...wordsOf(others)])
      meanings.set(fold(word), { role: 'identity', isPerson, canonical })
  }
}

export const labelWords: ReadonlySet<string> = new Set(wordsOf(labels).map(fold))

export const verbNames: ReadonlySet<string> = new Set(wordsOf(verbs).map(fold))

/** @param word  folded @returns what it usually stands for; a plural stands for what its singular does */
export function meaningOf(word: string): Meaning | undefined {
  const known = meanings.get(word)
  if (known || !word.endsWith('s')) return known
  return meanings.get(word.slice(0, -1))
}

/** Lower case, without accents. */
export function fold(word: string): string {
  return word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
}

/** The longest known words within one that is written without gaps, in order. */
export function wordsWithin(text: string): string[] {
  const found: string[] = []
  for (let at = 0; at < text.length; ) {
    let size = text.length - at
    while (size > 0 && !isKnown(text.slice(at, at + size))) size--
    if (size > 0) found.push(text.slice(at, at + size))
    at += Math.max(1, size)
  }
  return found
}

function isKnown(word: string): boolean {
  return meanings.has(word) || labelWords.has(word)
}

function learn(role: string, list: string): void {
  for (const word of wordsOf(list))
    meanings.set(fold(word), { role: role as NameRole, isPerson: false, canonical: word })
}

function wordsOf(list: string): string[] {
  return list.trim().split(/\s+/)
}
