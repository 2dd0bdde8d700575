// Uses an org as jsforce does, and prints what came back as one line of JSON.
import jsforce from "jsforce";

const [instanceUrl, accessToken, opportunity] = process.argv.slice(2);
const org = new jsforce.Connection({ instanceUrl, accessToken, version: "67.0" });
org.bulk2.pollInterval = 5;
const told = {};
const failed = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return error.errorCode ?? error.name;
  }
};

const all = await org.query("SELECT Id, Name, Owner.Name FROM Account ORDER BY Name", { autoFetch: true, maxFetch: 10000 });
told.query = { total: all.totalSize, records: all.records.length, done: all.done, owner: all.records[0].Owner.Name };
const nested = await org.query(`SELECT Id, (SELECT StageName FROM OpportunityHistories) FROM Opportunity WHERE Id = '${opportunity}'`);
told.nested = nested.records[0].OpportunityHistories.records.map((row) => row.StageName);
told.found = (await org.sobject("Opportunity").find({ Amount: { $gt: 50 }, Name: { $like: "O'B%" } }, ["Id", "Amount"])).map((row) => row.Amount);
told.count = await org.sobject("Opportunity").count({ IsWon: false });
const described = await org.sobject("Opportunity").describe();
told.described = described.fields.find((field) => field.name === "IsWon").updateable;
told.objects = (await org.describeGlobal()).sobjects.some((one) => one.name === "OpportunityHistory");
const made = await org.sobject("Account").create({ Name: "Made by another client" });
told.made = made.success;
told.updated = (await org.sobject("Opportunity").update({ Id: opportunity, NextStep: "Call" })).success;
told.retrieved = (await org.sobject("Opportunity").retrieve(opportunity)).NextStep;
told.several = (
  await org.sobject("Opportunity").update([
    { Id: opportunity, NextStep: "Meet" },
    { Id: opportunity, IsWon: true },
  ])
).map((one) => (one.success ? "ok" : one.errors[0].errorCode ?? one.errors[0].statusCode));
told.removed = (await org.sobject("Account").destroy(made.id)).success;
told.gone = await failed(() => org.sobject("Account").retrieve(made.id));
told.unknown = await failed(() => org.query("SELECT Nothing__c FROM Account"));
told.malformed = await failed(() => org.query("SELECT FROM Account"));
const bulk = await org.bulk2.query("SELECT Name, AnnualRevenue FROM Account WHERE Industry = 'Glass'");
told.bulk = await bulk.toArray();
told.bin = (await org.query("SELECT Id FROM Account WHERE IsDeleted = true", { scanAll: true })).totalSize;
told.limits = (await org.limits()).DailyApiRequests.Max;
told.used = org.limitInfo.apiUsage.limit;
told.userinfo = (await org.request("/services/oauth2/userinfo")).name;
console.log(JSON.stringify(told));
