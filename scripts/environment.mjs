/** What would lead a test to an operator's servers, accounts or data. */
const OPERATORS =
  /^(REDIS_URL|DATABASE_URL|PUBLIC_URL|HTTP_PORT|LOG_LEVEL|(COMFYUI|A1111)_URL|.*_(API_KEY|BASE_URL)|(EASEL|DISCORD|TELEGRAM|S3|PG)_?.*)$/;

/** Takes an operator's settings out of this process and so out of all that it starts. */
export function forgetOperatorsSettings(environment = process.env) {
  for (const name of Object.keys(environment)) {
    if (OPERATORS.test(name)) delete environment[name];
  }
}
