/** The Telegram bot's door, for `main.ts`. */
export { createTelegramBot, type TelegramBot, type TelegramBotDeps } from './telegram-bot.js';
