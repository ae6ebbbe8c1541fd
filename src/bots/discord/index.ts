/** The Discord bot's door. */
export { createDiscordBot, type DiscordBot, type DiscordBotDependencies } from './discord-bot.js';
