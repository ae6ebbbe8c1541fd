import type { Api } from 'grammy';
import type { Logger } from 'pino';
import { telegramFailureOf } from './telegram-errors.js';

/** Buttons spin until their query is answered; nobody should watch that for longer. */
const patienceMs = 1500;
/** core.telegram.org/bots/api#answercallbackquery */
const maxAlertLength = 200;

/** The one answer that a pressed button gets. */
export interface CallbackAnswer {
  /** Stops the spinning. Harmless after another answer. */
  settle(): Promise<void>;
  /** Shows `text` to whoever pressed. False: it does not fit, or it came too late. */
  alert(text: string): Promise<boolean>;
  /** The same query came before, and has its answer from there. */
  leaveToOther(): void;
}

/** Answers with nothing by itself where nobody has answered in time. */
export function createCallbackAnswer(api: Api, queryId: string, log: Logger): CallbackAnswer {
  let isAnswered = false;
  let timer: NodeJS.Timeout | undefined;

  const answer = async (options: { text: string; show_alert: true } | undefined) => {
    if (isAnswered) return false;
    isAnswered = true;
    clearTimeout(timer);
    try {
      await api.answerCallbackQuery(queryId, options);
      return true;
    } catch (error) {
      // Its message shows what happened anyway; only an alert has to be told in another way.
      const isStale = telegramFailureOf(error)?.kind === 'stale-query';
      log[isStale ? 'debug' : 'warn']({ err: error }, 'A pressed button could not be answered');
      return false;
    }
  };

  timer = setTimeout(() => void answer(undefined), patienceMs);
  return {
    async settle() {
      await answer(undefined);
    },
    async alert(text) {
      return text.length <= maxAlertLength && answer({ text, show_alert: true });
    },
    leaveToOther() {
      isAnswered = true;
      clearTimeout(timer);
    },
  };
}
