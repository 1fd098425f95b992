/**
 * Cities, states and countries people name that are in no zone's name, and spellings of large cities
 * in the languages that are read most. What ICU knows (countries, and zones' own cities in the
 * reader's language) is not repeated here.
 */
const PLACES: Readonly<Record<string, string>> = {
  'Africa/Cairo': 'alexandria|giza|القاهرة|كايرو|le caire|kairo|каир|开罗|カイロ',
  'Africa/Casablanca': 'rabat|marrakesh|marrakech|fes|tangier|الرباط|مراكش|طنجة',
  'Africa/Johannesburg': 'cape town|durban|pretoria|soweto|joburg|kapstadt|le cap|ciudad del cabo',
  'Africa/Lagos': 'abuja|kano|ibadan|port harcourt',
  'Africa/Nairobi': 'mombasa',
  'America/Anchorage': 'alaska|fairbanks',
  'America/Argentina/Buenos_Aires': 'buenos aires|rosario|la plata|caba|буэнос-айрес',
  'America/Bogota': 'medellin|cali|barranquilla|cartagena',
  'America/Caracas': 'maracaibo|valencia venezuela',
  'America/Chicago':
    'dallas|houston|austin|san antonio|minneapolis|new orleans|st louis|saint louis|kansas city|milwaukee|memphis|nashville|oklahoma city|omaha|texas|illinois|minnesota|wisconsin|iowa|missouri|arkansas|louisiana|mississippi|alabama|oklahoma|kansas|nebraska|central time|us central|ct|cdt|чикаго|芝加哥|シカゴ',
  'America/Denver':
    'salt lake city|albuquerque|colorado springs|boulder|colorado|utah|montana|wyoming|new mexico|mountain time|us mountain|mt|mst|mdt',
  'America/Edmonton': 'calgary|alberta|banff',
  'America/Guatemala': 'guatemala city',
  'America/Halifax': 'nova scotia',
  'America/Lima': 'arequipa|cusco',
  'America/Los_Angeles':
    'san francisco|seattle|san diego|portland|sacramento|san jose|oakland|las vegas|silicon valley|la|sf|california|washington state|oregon|nevada|pacific time|us pacific|pt|pst|pdt|лос-анджелес|сан-франциско|洛杉矶|旧金山|三藩市|ロサンゼルス|サンフランシスコ|로스앤젤레스',
  'America/Mexico_City':
    'guadalajara|puebla|cdmx|ciudad de mexico|mexico city|mexiko-stadt|мехико|墨西哥城|メキシコシティ',
  'America/Montevideo': 'uruguay',
  'America/New_York':
    'washington|washington dc|boston|miami|atlanta|philadelphia|orlando|tampa|charlotte|baltimore|pittsburgh|cleveland|columbus|cincinnati|nyc|ny|brooklyn|manhattan|florida|georgia usa|massachusetts|pennsylvania|ohio|virginia|north carolina|south carolina|new jersey|connecticut|maryland|maine|vermont|eastern time|us eastern|et|est|edt|nueva york|nowy jork|нью-йорк|纽约|紐約|ニューヨーク|뉴욕|نيويورك',
  'America/Phoenix': 'arizona|tucson|scottsdale',
  'America/Santiago': 'valparaiso|chile|concepcion',
  'America/Sao_Paulo':
    'rio|rio de janeiro|brasilia|belo horizonte|curitiba|porto alegre|salvador da bahia|florianopolis|campinas|sampa|сан-паулу|рио-де-жанейро|圣保罗|サンパウロ',
  'America/St_Johns': "st john's|st johns|saint john's|newfoundland",
  'America/Toronto':
    'montreal|ottawa|quebec|quebec city|ontario|mississauga|торонто|монреаль|多伦多|トロント',
  'America/Vancouver': 'british columbia|victoria bc|温哥华|ванкувер',
  'America/Winnipeg': 'manitoba',
  'Asia/Almaty': 'astana|nur-sultan|alma-ata|алматы|алма-ата|астана',
  'Asia/Baghdad': 'basra|mosul|erbil|بغداد',
  'Asia/Bangkok': 'chiang mai|phuket|pattaya|กรุงเทพ|กรุงเทพมหานคร|ภูเก็ต|เชียงใหม่|бангкок|曼谷|バンコク',
  'Asia/Beirut': 'بيروت',
  'Asia/Colombo': 'kandy|sri jayawardenepura',
  'Asia/Damascus': 'aleppo|دمشق|حلب',
  'Asia/Dhaka': 'chittagong|ঢাকা|চট্টগ্রাম',
  'Asia/Dubai': 'abu dhabi|sharjah|uae|emirates|دبي|أبوظبي|ابوظبي|дубай|迪拜|ドバイ',
  'Asia/Ho_Chi_Minh':
    'saigon|sai gon|ho chi minh|ho chi minh city|hcmc|hanoi|ha noi|da nang|vietnam|viet nam|ханой|胡志明市|河内|ハノイ',
  'Asia/Hong_Kong': 'hongkong|hk|kowloon|香港|гонконг|ホンコン',
  'Asia/Jakarta': 'bandung|surabaya|yogyakarta|semarang|джакарта|雅加达|ジャカルタ',
  'Asia/Jerusalem': 'tel aviv|haifa|ירושלים|תל אביב|חיפה|القدس|тель-авив|иерусалим',
  'Asia/Kabul': 'کابل|هرات',
  'Asia/Karachi': 'lahore|islamabad|rawalpindi|faisalabad|کراچی|لاہور|اسلام آباد',
  'Asia/Kathmandu': 'pokhara|nepal|काठमाडौं|काठमांडू',
  'Asia/Kolkata':
    'mumbai|bombay|delhi|new delhi|bangalore|bengaluru|chennai|madras|hyderabad|pune|ahmedabad|jaipur|lucknow|surat|kochi|goa|gurgaon|noida|मुंबई|दिल्ली|नई दिल्ली|कोलकाता|बेंगलुरु|चेन्नई|पुणे|हैदराबाद|কলকাতা|சென்னை|హైదరాబాద్|ಬೆಂಗಳೂರು|мумбаи|дели|孟买|新德里|ムンバイ|デリー',
  'Asia/Kuala_Lumpur': 'kl|penang|johor bahru|malaysia|吉隆坡|куала-лумпур',
  'Asia/Makassar': 'bali|denpasar|ubud',
  'Asia/Manila': 'cebu|quezon city|davao|манила|马尼拉|マニラ',
  'Asia/Qatar': 'doha|الدوحة',
  'Asia/Riyadh': 'jeddah|mecca|medina|dammam|الرياض|جدة|مكة|المدينة المنورة|эр-рияд',
  'Asia/Seoul': 'busan|incheon|서울|부산|인천|сеул|首尔|首爾|ソウル',
  'Asia/Shanghai':
    'beijing|peking|pekin|shenzhen|guangzhou|canton|chengdu|chongqing|wuhan|hangzhou|nanjing|xian|tianjin|suzhou|china|北京|上海|深圳|广州|廣州|成都|重庆|武汉|杭州|南京|西安|天津|苏州|пекин|шанхай|ペキン|シャンハイ|베이징|상하이|بكين',
  'Asia/Singapore': 'sg|新加坡|сингапур|シンガポール|싱가포르',
  'Asia/Taipei': 'taiwan|kaohsiung|taichung|台北|臺北|高雄|тайбэй',
  'Asia/Tashkent': 'ташкент|toshkent',
  'Asia/Tbilisi': 'батуми|batumi|тбилиси|თბილისი|ბათუმი|georgia',
  'Asia/Tehran': 'mashhad|isfahan|shiraz|tabriz|تهران|مشهد|اصفهان|شیراز|тегеран',
  'Asia/Tokyo':
    'osaka|kyoto|yokohama|nagoya|sapporo|fukuoka|kobe|hiroshima|okinawa|jst|東京|东京|大阪|京都|横浜|名古屋|札幌|福岡|とうきょう|トウキョウ|токио|도쿄|طوكيو|tokio',
  'Asia/Yekaterinburg': 'chelyabinsk|perm|ufa|tyumen|екатеринбург|челябинск|пермь|уфа|тюмень',
  'Asia/Yerevan': 'ереван|երևան',
  'Australia/Adelaide': 'south australia',
  'Australia/Brisbane': 'gold coast|queensland|cairns',
  'Australia/Melbourne': 'victoria australia|geelong|墨尔本|мельбурн|メルボルン',
  'Australia/Perth': 'western australia|awst',
  'Australia/Sydney': 'canberra|new south wales|nsw|newcastle australia|悉尼|雪梨|сидней|シドニー|시드니',
  'Europe/Amsterdam': 'rotterdam|den haag|the hague|utrecht|eindhoven|holland|амстердам|阿姆斯特丹',
  'Europe/Athens': 'thessaloniki|αθηνα|θεσσαλονικη|athen|athenes|atenas|atene|ateny|афины|雅典|アテネ',
  'Europe/Belgrade': 'novi sad|beograd|београд|нови сад|белград|belgrad',
  'Europe/Berlin':
    'munich|munchen|hamburg|frankfurt|frankfurt am main|cologne|koln|stuttgart|dusseldorf|leipzig|dresden|hannover|nurnberg|nuremberg|bremen|dortmund|essen|bonn|mez|mesz|берлин|мюнхен|гамбург|франкфурт|кёльн|柏林|慕尼黑|ベルリン|ミュンヘン|베를린|뮌헨|برلين|berlim|berlino|monaco di baviera|colonia',
  'Europe/Brussels': 'antwerp|antwerpen|ghent|gent|bruxelles|brussel|bruselas|bruxelas|брюссель|布鲁塞尔',
  'Europe/Bucharest': 'bucuresti|cluj|cluj-napoca|iasi|timisoara|bukarest|bucarest|бухарест',
  'Europe/Budapest': 'debrecen|будапешт|布达佩斯|ブダペスト',
  'Europe/Chisinau': 'кишинев|кишинёв|kishinev',
  'Europe/Copenhagen': 'aarhus|odense|kobenhavn|kopenhagen|copenhague|копенгаген|哥本哈根',
  'Europe/Dublin': 'cork|galway|dublino|дублин|都柏林',
  'Europe/Helsinki': 'tampere|turku|espoo|helsingfors|хельсинки|赫尔辛基|ヘルシンキ',
  'Europe/Istanbul':
    'ankara|izmir|antalya|bursa|turkey|turkiye|stambul|estambul|стамбул|анкара|анталья|伊斯坦布尔|イスタンブール|إسطنبول',
  'Europe/Kyiv':
    'kiev|kyiv|київ|киев|kiew|lviv|львів|львов|odesa|odessa|одеса|одесса|харків|харьков|kharkiv|dnipro|дніпро|kijow|基辅|キーウ|キエフ|키이우',
  'Europe/Lisbon': 'porto|coimbra|braga|lisboa|lissabon|lisbonne|lisbona|лиссабон|里斯本|リスボン',
  'Europe/Ljubljana': 'maribor',
  'Europe/London':
    'manchester|birmingham|liverpool|leeds|glasgow|edinburgh|cardiff|belfast|bristol|oxford|cambridge|england|scotland|wales|uk|britain|great britain|northern ireland|londres|londra|londyn|londen|лондон|伦敦|倫敦|ロンドン|런던|لندن|लंदन',
  'Europe/Madrid':
    'barcelona|valencia|seville|sevilla|bilbao|malaga|zaragoza|мадрид|барселона|马德里|巴塞罗那|マドリード|バルセロナ|مدريد',
  'Europe/Minsk': 'минск|мінск|гомель|belarus',
  'Europe/Moscow':
    'saint petersburg|st petersburg|st. petersburg|petersburg|kazan|nizhny novgorod|sochi|rostov|msk|moskva|moskau|moscou|moscu|mosca|moskwa|moskova|москва|мск|санкт-петербург|петербург|спб|питер|казань|сочи|нижний новгород|ростов-на-дону|краснодар|воронеж|莫斯科|モスクワ|모스크바|موسكو',
  'Europe/Oslo': 'bergen|trondheim|stavanger|осло|奥斯陆',
  'Europe/Paris':
    'marseille|lyon|toulouse|nice|nantes|bordeaux|lille|strasbourg|parigi|paryz|париж|巴黎|パリ|파리|باريس|पेरिस',
  'Europe/Prague': 'brno|ostrava|praha|prag|praga|прага|布拉格|プラハ',
  'Europe/Riga': 'рига|riga',
  'Europe/Rome':
    'milan|milano|naples|napoli|turin|torino|venice|venezia|florence|firenze|bologna|palermo|genova|roma|rom|mailand|rzym|рим|милан|罗马|羅馬|米兰|ローマ|ミラノ|로마|روما',
  'Europe/Samara': 'самара|тольятти|saratov|саратов',
  'Europe/Sofia': 'plovdiv|varna|софия|пловдив|варна',
  'Europe/Stockholm': 'gothenburg|goteborg|malmo|uppsala|стокгольм|斯德哥尔摩|ストックホルム',
  'Europe/Tallinn': 'tartu|таллин|таллинн',
  'Europe/Vienna': 'graz|linz|salzburg|innsbruck|wien|vienne|viena|вена|维也纳|維也納|ウィーン|فيينا',
  'Europe/Vilnius': 'kaunas|вильнюс|wilno',
  'Europe/Warsaw':
    'krakow|cracow|gdansk|wroclaw|poznan|lodz|katowice|warszawa|warschau|varsovie|varsovia|varsavia|варшава|краков|华沙|ワルシャワ',
  'Europe/Zurich':
    'geneva|geneve|genf|bern|berne|basel|lausanne|lucerne|luzern|lugano|zuerich|zurigo|цюрих|женева|苏黎世|日内瓦|チューリッヒ',
  'Pacific/Apia': 'samoa|western samoa',
  'Pacific/Auckland': 'wellington|christchurch|new zealand|nz|dunedin|hamilton nz|奥克兰|окленд',
  'Pacific/Honolulu': 'hawaii|hawai|maui|oahu|hst',
}

/**
 * Abbreviations of more than one zone: which is meant is asked. `IST` is said in India, Ireland and
 * Israel.
 */
export const SHORT_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ist: ['Asia/Kolkata', 'Asia/Jerusalem', 'Europe/Dublin'],
    cst: ['America/Chicago', 'Asia/Shanghai', 'America/Havana'],
    bst: ['Europe/London', 'Asia/Dhaka'],
    ast: ['America/Halifax', 'Asia/Riyadh'],
    cet: ['Europe/Berlin', 'Europe/Paris', 'Europe/Madrid', 'Europe/Rome', 'Europe/Warsaw', 'Europe/Vienna'],
    cest: ['Europe/Berlin', 'Europe/Paris', 'Europe/Madrid', 'Europe/Rome', 'Europe/Warsaw', 'Europe/Vienna'],
    eet: ['Europe/Kyiv', 'Europe/Bucharest', 'Europe/Athens', 'Europe/Helsinki', 'Africa/Cairo'],
    eest: ['Europe/Kyiv', 'Europe/Bucharest', 'Europe/Athens', 'Europe/Helsinki'],
    wet: ['Europe/Lisbon', 'Atlantic/Canary'],
    west: ['Europe/Lisbon', 'Atlantic/Canary'],
    aest: ['Australia/Sydney', 'Australia/Melbourne', 'Australia/Brisbane'],
    aedt: ['Australia/Sydney', 'Australia/Melbourne', 'Australia/Hobart'],
  }),
)

/** Zones of the largest cities: where several zones would do, these come first. */
export const MAIN_ZONES: readonly string[] = [...Object.keys(PLACES), 'Europe/Lisbon', 'Asia/Vladivostok']

/** Each place, folded, with its zone. */
export function* placeNames(fold: (text: string) => string): Generator<[name: string, zone: string]> {
  for (const [zone, names] of Object.entries(PLACES)) {
    for (const name of names.split('|')) yield [fold(name), zone]
  }
}
