import type { Colour } from './colour.js';

/** Where a picture takes place. */
export type Place =
  | 'hills'
  | 'mountains'
  | 'sea'
  | 'city'
  | 'forest'
  | 'desert'
  | 'meadow'
  | 'snowfield'
  | 'space'
  | 'underwater'
  | 'abstract'
  | 'portrait';

export type Daylight = 'dawn' | 'day' | 'sunset' | 'dusk' | 'night';

export type Weather = 'rain' | 'snow' | 'fog' | 'storm' | 'stars' | 'aurora' | 'clouds' | 'clear';

export type Subject =
  | 'lighthouse'
  | 'fox'
  | 'cat'
  | 'dog'
  | 'rabbit'
  | 'bear'
  | 'owl'
  | 'birds'
  | 'whale'
  | 'fish'
  | 'boat'
  | 'house'
  | 'castle'
  | 'tree'
  | 'flowers'
  | 'mushroom'
  | 'balloon'
  | 'rocket'
  | 'mill'
  | 'bridge';

/** In which manner a picture is drawn. */
export type Style =
  | 'pixels'
  | 'watercolour'
  | 'oil'
  | 'ink'
  | 'comic'
  | 'cel'
  | 'facets'
  | 'film'
  | 'photograph'
  | 'render';

type Words<T extends string> = Readonly<Record<T, string>>;

/** Space-separated, in English and Chinese; an English word counts in the plural too. */
export const placeWords: Words<Place> = {
  portrait:
    'portrait face woman man girl boy queen king princess prince warrior knight wizard witch elf samurai person people lady robot android astronaut selfie 肖像 人像 女孩 男孩 女人 男人 女王 国王 公主 机器人 骑士',
  abstract:
    'abstract shape geometric geometry pattern bauhaus cubism cubist fractal mandala minimal minimalist kaleidoscope 抽象 几何 图案',
  underwater: 'underwater coral reef jellyfish aquarium seabed fish koi 水下 珊瑚 海底',
  space:
    'space galaxy planet nebula cosmos universe asteroid orbit saturn rocket spaceship 太空 宇宙 星系 行星 银河',
  city: 'city town street skyline skyscraper building urban downtown metropolis cyberpunk tokyo york paris neon 城市 街道 街 都市 高楼',
  sea: 'sea ocean beach wave coast lighthouse boat ship sail lake harbor harbour island bay shore river whale water bridge 海 海洋 海边 湖 浪 船 灯塔 河 桥',
  forest: 'forest wood jungle pine grove mushroom owl bear 森林 树林',
  snowfield: 'snow snowy winter ice icy arctic glacier frost frozen 雪 冬 冰',
  desert: 'desert dune sand sahara canyon camel cactus 沙漠 沙丘',
  mountains: 'mountain peak alps himalaya cliff volcano summit castle dragon 山 山脉 火山 龙',
  meadow:
    'meadow flower field garden grass spring tulip rose lavender sunflower blossom poppy rabbit butterfly 花 草地 花园 田野 春',
  hills:
    'hill valley farm countryside village landscape balloon cottage vineyard 山丘 丘陵 乡村 风景',
};

export const daylightWords: Words<Daylight> = {
  sunset: 'sunset golden evening autumn fall fire lava volcano burning flame 日落 夕阳 傍晚 秋 火',
  dusk: 'dusk twilight moody purple magic magical fantasy dream dreamy 黄昏 暮 梦幻',
  dawn: 'dawn sunrise morning pastel soft spring pink 黎明 日出 清晨 早晨',
  night:
    'night midnight dark moon moonlight star starry neon cyberpunk galaxy halloween aurora 夜 夜晚 月亮 月光 星空 极光',
  day: 'day noon sunny summer bright blue 白天 晴 夏',
};

export const weatherWords: Words<Weather> = {
  rain: 'rain rainy raining wet drizzle 雨',
  snow: 'snow snowy snowing blizzard winter 雪',
  storm: 'storm stormy thunder lightning tempest 暴风雨 闪电',
  fog: 'fog foggy mist misty haze hazy smoke 雾',
  aurora: 'aurora borealis 极光',
  stars: 'star starry constellation galaxy 星 星空',
  clouds: 'cloud cloudy overcast 云',
  clear: 'clear sunny cloudless 晴',
};

export const subjectWords: Words<Subject> = {
  lighthouse: 'lighthouse beacon 灯塔',
  fox: 'fox 狐狸',
  cat: 'cat kitten kitty panther 猫',
  dog: 'dog puppy wolf corgi husky 狗 狼',
  rabbit: 'rabbit bunny hare 兔',
  bear: 'bear panda 熊 熊猫',
  owl: 'owl 猫头鹰',
  birds: 'bird gull seagull eagle crow raven crane swallow 鸟 鹰',
  whale: 'whale 鲸',
  fish: 'fish goldfish koi shark dolphin 鱼',
  boat: 'boat ship sail sailboat yacht 船 帆',
  house: 'house cabin cottage home hut barn farm village 房子 小屋',
  castle: 'castle tower palace fortress temple 城堡 宫殿',
  tree: 'tree oak blossom sakura bonsai 树 樱花',
  flowers: 'flower rose tulip sunflower poppy daisy bouquet lavender 花 玫瑰',
  mushroom: 'mushroom toadstool 蘑菇',
  balloon: 'balloon airship zeppelin 热气球',
  rocket: 'rocket spaceship spacecraft 火箭',
  mill: 'windmill mill 风车',
  bridge: 'bridge 桥',
};

export const styleWords: Words<Style> = {
  pixels: 'pixel pixelated 像素',
  watercolour: 'watercolor watercolour aquarelle 水彩',
  oil: 'oil impasto 油画',
  ink: 'monochrome lineart 线稿 线描',
  comic: 'comic 漫画',
  cel: 'anime manga cel sticker 动漫 动画 贴纸',
  facets: 'poly polygonal origami 低多边形',
  film: 'cinematic noir 电影',
  photograph: 'photograph photo photorealistic 照片 摄影',
  render: 'render 渲染',
};

/** Where each is at home, for a prompt that names no place. */
export const habitats: Readonly<Record<Subject, Place>> = {
  lighthouse: 'sea',
  fox: 'forest',
  cat: 'meadow',
  dog: 'hills',
  rabbit: 'meadow',
  bear: 'forest',
  owl: 'forest',
  birds: 'sea',
  whale: 'sea',
  fish: 'underwater',
  boat: 'sea',
  house: 'hills',
  castle: 'mountains',
  tree: 'hills',
  flowers: 'meadow',
  mushroom: 'forest',
  balloon: 'hills',
  rocket: 'space',
  mill: 'meadow',
  bridge: 'sea',
};

export const colourWords: Readonly<Record<string, Colour>> = {
  red: '#d3382f',
  crimson: '#b3122f',
  scarlet: '#e03a1e',
  orange: '#f0862b',
  amber: '#f2a93b',
  golden: '#e9b44c',
  gold: '#e9b44c',
  yellow: '#f4d13d',
  green: '#3f9b57',
  emerald: '#128a63',
  teal: '#16868c',
  turquoise: '#2cb5ae',
  cyan: '#35b8d6',
  blue: '#2f6fc4',
  navy: '#223a78',
  indigo: '#4a3aa8',
  violet: '#7d4fc4',
  purple: '#7b3fa0',
  magenta: '#c2358f',
  pink: '#ec87a9',
  brown: '#84553a',
  black: '#23252e',
  white: '#f3f1ea',
  grey: '#8b9098',
  gray: '#8b9098',
  silver: '#b4bcc6',
  poppy: '#d7362b',
  lavender: '#8a6fc8',
  sunflower: '#f2b51d',
  rose: '#d8385e',
  sakura: '#f2a7c0',
  红: '#d3382f',
  橙: '#f0862b',
  金: '#e9b44c',
  黄: '#f4d13d',
  绿: '#3f9b57',
  蓝: '#2f6fc4',
  紫: '#7b3fa0',
  粉: '#ec87a9',
  黑: '#23252e',
  白: '#f3f1ea',
};
