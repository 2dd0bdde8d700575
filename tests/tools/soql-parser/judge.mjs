// Reads a list of queries in JSON, and prints for each what the parser has against it, or null.
import { text } from "node:stream/consumers";
import { parseQuery } from "@jetstreamapp/soql-parser-js";

const judged = JSON.parse(await text(process.stdin)).map((query) => {
  try {
    parseQuery(query);
    return null;
  } catch (error) {
    return String(error.message);
  }
});
console.log(JSON.stringify(judged));
