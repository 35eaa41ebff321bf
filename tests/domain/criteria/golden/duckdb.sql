-- where: is_campaign
goal_stated
AND audience_named
AND has_dates
AND channel_count >= 2
AND sales_owner IS NOT NULL
AND marketing_owner IS NOT NULL

-- where: is_lead
person_known AND email_type <> 'invalid' AND (persona IS NULL OR persona <> 'job_seeker')

-- where: is_qualified_any
first_mql_on IS NOT NULL
OR first_pql_on IS NOT NULL
OR accepted_on IS NOT NULL
OR first_sql_on IS NOT NULL

-- where: mql
person_known
AND email_type = 'business'
AND consent_to_contact
AND persona NOT IN ('student', 'competitor', 'job_seeker')
AND icp_fit IN ('A', 'B')
AND (hand_raised OR interest_score >= 60)
AND days_since_last_response <= 30
AND NOT account_has_open_opportunity

-- where: sal
accepted AND owner_role IN ('bdr', 'ae') AND rejection_reason IS NULL

-- where: sql
accepted
AND meeting_held
AND need = 'confirmed'
AND authority IN ('stated', 'confirmed')
AND timing IN ('stated', 'confirmed')
AND next_meeting_booked

-- where: pql
person_known
AND email_type = 'business'
AND consent_to_contact
AND (persona IS NULL OR persona NOT IN ('student', 'competitor', 'job_seeker'))
AND product_value_events >= 3
AND NOT account_is_customer
AND NOT account_has_open_opportunity

-- where: may_recycle
NOT account_has_open_opportunity
AND rejection_reason IS NOT NULL
AND (
  rejection_reason IN ('bad_timing', 'no_budget_now')
  OR (rejection_reason = 'no_response' AND attempts >= 6 AND channels_used >= 3)
)

-- where: is_disqualified
rejection_reason IS NOT NULL
AND rejection_reason IN ('wrong_company', 'wrong_person', 'bad_data', 'duplicate', 'competitor')

-- where: is_open_opportunity
amount > 0
AND close_in_days IS NOT NULL
AND close_in_days >= 0
AND buying_group_size >= 1
AND NOT contract_signed
AND loss_reason IS NULL

-- where: is_lost
loss_reason IS NOT NULL AND NOT contract_signed

-- where: is_signed
contract_signed

-- where: counts_as_pipeline
(
  amount > 0
  AND close_in_days IS NOT NULL
  AND close_in_days >= 0
  AND buying_group_size >= 1
  AND NOT contract_signed
  AND loss_reason IS NULL
)
AND stage_order BETWEEN 4 AND 7
AND type IN ('new_business', 'expansion')

-- where: proposal_answered
proposal_reviewed AND decision_process_known AND days_since_buyer_activity <= 14

-- where: may_commit
terms_agreed
AND decision_maker_met
AND close_in_days BETWEEN 0 AND 30
AND days_since_buyer_activity <= 14

-- where: is_stale
days_since_buyer_activity > 30 OR next_step_in_days IS NULL OR next_step_in_days < 0

-- where: sql_in_time
days_from_mql_to_sql IS NOT NULL AND days_from_mql_to_sql <= 60

-- where: marketing_first
(
  (
    amount > 0
    AND close_in_days IS NOT NULL
    AND close_in_days >= 0
    AND buying_group_size >= 1
    AND NOT contract_signed
    AND loss_reason IS NULL
  )
  AND stage_order BETWEEN 4 AND 7
  AND type IN ('new_business', 'expansion')
)
AND first_touch_side = 'marketing'

-- where: sales_first
(
  (
    amount > 0
    AND close_in_days IS NOT NULL
    AND close_in_days >= 0
    AND buying_group_size >= 1
    AND NOT contract_signed
    AND loss_reason IS NULL
  )
  AND stage_order BETWEEN 4 AND 7
  AND type IN ('new_business', 'expansion')
)
AND first_touch_side = 'sales'

-- where: marketing_touched
(
  (
    amount > 0
    AND close_in_days IS NOT NULL
    AND close_in_days >= 0
    AND buying_group_size >= 1
    AND NOT contract_signed
    AND loss_reason IS NULL
  )
  AND stage_order BETWEEN 4 AND 7
  AND type IN ('new_business', 'expansion')
)
AND marketing_touches >= 1

-- where: in_profile
icp_fit IN ('A', 'B')

-- where: discovery_complete
pain_agreed
AND success_criteria_agreed
AND buying_group_size >= 2
AND decision_process_known
AND next_step_in_days IS NOT NULL
AND next_step_in_days BETWEEN 0 AND 14

-- where: multi_threaded
buying_group_size >= 3
AND functions_engaged >= 2
AND decision_maker_met
AND days_since_buyer_activity <= 21

-- where: solution_confirmed
solution_accepted AND decision_maker_met AND champion_tested

-- where: mql_clock_kept
first_touch_hours IS NOT NULL
AND (first_touch_hours <= 1 OR (NOT hand_raised AND first_touch_hours <= 4))
AND accept_hours IS NOT NULL
AND accept_hours <= 24

-- where: Email has gone out (sales)
includes_email AND sent_count > 0

-- where: Budgeted programme over several channels (marketing)
budget > 0 AND channel_count >= 2 AND marketing_owner IS NOT NULL

-- where: Asked to talk and gave a work address (sales)
hand_raised AND email_type = 'business'

-- where: Named and reachable (marketing)
person_known AND email_type <> 'invalid'

-- where: Need, authority and timing confirmed in conversation (sales)
meeting_held AND need = 'confirmed' AND authority = 'confirmed' AND timing = 'confirmed'

-- where: Fitting company and the score passed (marketing)
icp_fit IN ('A', 'B', 'C') AND interest_score >= 50

-- where: Raised hand by a senior person at an A-grade account (sales)
hand_raised AND icp_fit = 'A' AND persona IN ('economic_buyer', 'champion')

-- where: Combined score reached the threshold (marketing)
combined_score >= 50 AND email_type <> 'invalid'

-- where: Proposal out and decision maker met (sales)
stage_order >= 6 AND decision_maker_met

-- where: First meeting booked and an amount entered (marketing)
stage_order >= 3 AND amount > 0

-- where: First touched and opened by marketing (sales)
first_touch_side = 'marketing' AND created_by_side = 'marketing'

-- where: Account was in a campaign audience (marketing)
account_in_audience AND stage_order >= 1

-- where: There is budget (sales)
budget IN ('stated', 'confirmed')

-- where: Inside the studied segment (marketing)
fit_score >= 70

-- where: quotes
"order" = 'it''s' OR "order" IN ('say "yes"', 'a`b') OR "user" <> ''''

-- where, other columns: quotes
"Order" = 'it''s' OR "Order" IN ('say "yes"', 'a`b') OR "USER" <> ''''

-- where: backslashes
"order" = 'C:\new\' AND "user" NOT IN ('\\', '\''; x')

-- where, other columns: backslashes
"Order" = 'C:\new\' AND "USER" NOT IN ('\\', '\''; x')

-- where: comments
"order" = '-- no' OR "order" = '/* no */' OR "order" = '; DROP TABLE record' OR "order" = '#'

-- where, other columns: comments
"Order" = '-- no' OR "Order" = '/* no */' OR "Order" = '; DROP TABLE record' OR "Order" = '#'

-- where: letters
("order" = 'Straße 日本 😀' AND "user" = 'é') OR "user" = 'é'

-- where, other columns: letters
("Order" = 'Straße 日本 😀' AND "USER" = 'é') OR "USER" = 'é'

-- where: templates
"order" = '{{ x }}' OR "order" = '{% y %}' OR "order" = '{# z #}' OR "order" = '%s %(a)s :b $1 ?'

-- where, other columns: templates
"Order" = '{{ x }}' OR "Order" = '{% y %}' OR "Order" = '{# z #}' OR "Order" = '%s %(a)s :b $1 ?'

-- where: numbers
rank = -9007199254740991 OR rank BETWEEN -5 AND -1 OR share >= 123456789.012345 OR share = -0.5

-- where, other columns: numbers
"on" = -9007199254740991 OR "on" BETWEEN -5 AND -1 OR share >= 123456789.012345 OR share = -0.5

-- where: small_numbers
share < 0.000000000000001 OR share = 100000000000000000000.0 OR share = 0.1

-- where, other columns: small_numbers
share < 0.000000000000001 OR share = 100000000000000000000.0 OR share = 0.1

-- where: days
day BETWEEN CAST('2026-01-01' AS DATE) AND CAST('2026-12-31' AS DATE)
OR day IN (CAST('0001-01-01' AS DATE), CAST('9999-12-31' AS DATE))

-- where, other columns: days
"values" BETWEEN CAST('2026-01-01' AS DATE) AND CAST('2026-12-31' AS DATE)
OR "values" IN (CAST('0001-01-01' AS DATE), CAST('9999-12-31' AS DATE))

-- where: yes_or_no
"group"
OR NOT ("group" = TRUE)
OR "group" <> FALSE
OR "group" IN (TRUE, FALSE)
OR (rank > 10 AND share >= 0.5) = ((rank > 10 AND share >= 0.5) OR "group")

-- where, other columns: yes_or_no
crm."end"
OR NOT (crm."end" = TRUE)
OR crm."end" <> FALSE
OR crm."end" IN (TRUE, FALSE)
OR COALESCE(isRich, ("on" > 10 AND share >= 0.5)) = (COALESCE(isRich, ("on" > 10 AND share >= 0.5)) OR crm."end")

-- where: nots
NOT (NOT "group")
AND NOT ("group" AND rank > 3)
AND "order" IS NOT NULL
AND rank NOT BETWEEN 1 AND 2

-- where, other columns: nots
NOT (NOT crm."end")
AND NOT (crm."end" AND "on" > 3)
AND "Order" IS NOT NULL
AND "on" NOT BETWEEN 1 AND 2

-- where: precedence
"group"
OR (rank > 1 AND NOT (rank = 2))
OR (("group" OR share > 1) AND (rank = 3 OR "order" IS NULL))

-- where, other columns: precedence
crm."end"
OR ("on" > 1 AND NOT ("on" = 2))
OR ((crm."end" OR share > 1) AND ("on" = 3 OR "Order" IS NULL))

-- where: verdicts
(
  (rank > 10 AND share >= 0.5)
  AND NOT ((rank > 10 AND share >= 0.5) OR "group")
  AND (rank > 10 AND share >= 0.5) IS NOT NULL
)
OR (
  ((rank > 10 AND share >= 0.5) OR "group") IN (TRUE)
  AND (rank > 10 AND share >= 0.5) = ((rank > 10 AND share >= 0.5) OR "group")
)

-- where, other columns: verdicts
(
  COALESCE(isRich, ("on" > 10 AND share >= 0.5))
  AND NOT (COALESCE(isRich, ("on" > 10 AND share >= 0.5)) OR crm."end")
  AND COALESCE(isRich, ("on" > 10 AND share >= 0.5)) IS NOT NULL
)
OR (
  (COALESCE(isRich, ("on" > 10 AND share >= 0.5)) OR crm."end") IN (TRUE)
  AND COALESCE(isRich, ("on" > 10 AND share >= 0.5)) = (COALESCE(isRich, ("on" > 10 AND share >= 0.5)) OR crm."end")
)

-- case: mql
CASE (
  person_known
  AND email_type = 'business'
  AND consent_to_contact
  AND persona NOT IN ('student', 'competitor', 'job_seeker')
  AND icp_fit IN ('A', 'B')
  AND (hand_raised OR interest_score >= 60)
  AND days_since_last_response <= 30
  AND NOT account_has_open_opportunity
)
  WHEN TRUE THEN 'yes'
  WHEN FALSE THEN 'no'
  ELSE 'unknown'
END

-- count: mql
WITH accord_judged AS (
  SELECT
    email AS key_1,
    first_mql_on AS on_day,
    CASE (
      person_known
      AND email_type = 'business'
      AND consent_to_contact
      AND persona NOT IN ('student', 'competitor', 'job_seeker')
      AND icp_fit IN ('A', 'B')
      AND (hand_raised OR interest_score >= 60)
      AND days_since_last_response <= 30
      AND NOT account_has_open_opportunity
    )
      WHEN TRUE THEN 'yes'
      WHEN FALSE THEN 'no'
      ELSE 'unknown'
    END AS verdict
  FROM "my-project".Crm.lead
),
accord_per_key AS (
  SELECT
    key_1,
    COUNT(CASE WHEN verdict = 'yes' THEN 1 END) AS yes_rows,
    COUNT(CASE WHEN verdict = 'unknown' THEN 1 END) AS unknown_rows
  FROM accord_judged
  WHERE key_1 IS NOT NULL
  GROUP BY key_1
),
accord_counted AS (
  SELECT key_1, MIN(on_day) AS on_day
  FROM accord_judged
  WHERE verdict = 'yes' AND key_1 IS NOT NULL
  GROUP BY key_1
)
SELECT
  (SELECT COUNT(*) FROM accord_counted WHERE on_day >= CAST('2026-01-01' AS DATE) AND on_day < CAST('2026-04-01' AS DATE)) AS met,
  (SELECT COUNT(*) FROM accord_per_key WHERE yes_rows = 0 AND unknown_rows > 0) AS unknown,
  (SELECT COUNT(*) FROM accord_counted WHERE on_day IS NULL) AS undated,
  (SELECT COUNT(*) FROM accord_judged WHERE verdict = 'yes' AND (key_1 IS NULL)) AS without_key

-- dbt: mql
-- a-word, criterion mql, version 3
-- digest 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
-- Do not edit: ask the registry again when a newer version is in force.
{{ config(meta={'term': 'a-word', 'criterion': 'mql', 'version': 3, 'digest': '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}) }}

select
  *,
  CASE (
    person_known
    AND email_type = 'business'
    AND consent_to_contact
    AND persona NOT IN ('student', 'competitor', 'job_seeker')
    AND icp_fit IN ('A', 'B')
    AND (hand_raised OR interest_score >= 60)
    AND days_since_last_response <= 30
    AND NOT account_has_open_opportunity
  )
    WHEN TRUE THEN 'yes'
    WHEN FALSE THEN 'no'
    ELSE 'unknown'
  END as mql_verdict
from {{ ref('lead') }}

-- case: sal
CASE (accepted AND owner_role IN ('bdr', 'ae') AND rejection_reason IS NULL)
  WHEN TRUE THEN 'yes'
  WHEN FALSE THEN 'no'
  ELSE 'unknown'
END

-- count: sal
WITH accord_judged AS (
  SELECT
    email AS key_1,
    accepted_on AS on_day,
    CASE (accepted AND owner_role IN ('bdr', 'ae') AND rejection_reason IS NULL)
      WHEN TRUE THEN 'yes'
      WHEN FALSE THEN 'no'
      ELSE 'unknown'
    END AS verdict
  FROM "my-project".Crm.lead
),
accord_per_key AS (
  SELECT
    key_1,
    COUNT(CASE WHEN verdict = 'yes' THEN 1 END) AS yes_rows,
    COUNT(CASE WHEN verdict = 'unknown' THEN 1 END) AS unknown_rows
  FROM accord_judged
  WHERE key_1 IS NOT NULL
  GROUP BY key_1
),
accord_counted AS (
  SELECT key_1, on_day
  FROM accord_judged
  WHERE verdict = 'yes' AND key_1 IS NOT NULL
  GROUP BY key_1, on_day
)
SELECT
  (SELECT COUNT(*) FROM accord_counted WHERE on_day >= CAST('2026-01-01' AS DATE) AND on_day < CAST('2026-04-01' AS DATE)) AS met,
  (SELECT COUNT(*) FROM accord_per_key WHERE yes_rows = 0 AND unknown_rows > 0) AS unknown,
  (SELECT COUNT(*) FROM accord_counted WHERE on_day IS NULL) AS undated,
  (SELECT COUNT(*) FROM accord_judged WHERE verdict = 'yes' AND (key_1 IS NULL)) AS without_key

-- dbt: sal
-- a-word, criterion sal, version 3
-- digest 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
-- Do not edit: ask the registry again when a newer version is in force.
{{ config(meta={'term': 'a-word', 'criterion': 'sal', 'version': 3, 'digest': '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}) }}

select
  *,
  CASE (accepted AND owner_role IN ('bdr', 'ae') AND rejection_reason IS NULL)
    WHEN TRUE THEN 'yes'
    WHEN FALSE THEN 'no'
    ELSE 'unknown'
  END as sal_verdict
from {{ ref('lead') }}

-- case: counts_as_pipeline
CASE (
  (
    amount > 0
    AND close_in_days IS NOT NULL
    AND close_in_days >= 0
    AND buying_group_size >= 1
    AND NOT contract_signed
    AND loss_reason IS NULL
  )
  AND stage_order BETWEEN 4 AND 7
  AND type IN ('new_business', 'expansion')
)
  WHEN TRUE THEN 'yes'
  WHEN FALSE THEN 'no'
  ELSE 'unknown'
END

-- count: counts_as_pipeline
WITH accord_judged AS (
  SELECT
    account_domain AS key_1,
    purchase AS key_2,
    pipeline_on AS on_day,
    CASE (
      (
        amount > 0
        AND close_in_days IS NOT NULL
        AND close_in_days >= 0
        AND buying_group_size >= 1
        AND NOT contract_signed
        AND loss_reason IS NULL
      )
      AND stage_order BETWEEN 4 AND 7
      AND type IN ('new_business', 'expansion')
    )
      WHEN TRUE THEN 'yes'
      WHEN FALSE THEN 'no'
      ELSE 'unknown'
    END AS verdict
  FROM "my-project".Crm.opportunity
),
accord_per_key AS (
  SELECT
    key_1,
    key_2,
    COUNT(CASE WHEN verdict = 'yes' THEN 1 END) AS yes_rows,
    COUNT(CASE WHEN verdict = 'unknown' THEN 1 END) AS unknown_rows
  FROM accord_judged
  WHERE key_1 IS NOT NULL AND key_2 IS NOT NULL
  GROUP BY key_1, key_2
),
accord_counted AS (
  SELECT key_1, key_2, MIN(on_day) AS on_day
  FROM accord_judged
  WHERE verdict = 'yes' AND key_1 IS NOT NULL AND key_2 IS NOT NULL
  GROUP BY key_1, key_2
)
SELECT
  (SELECT COUNT(*) FROM accord_counted WHERE on_day < CAST('2026-04-01' AS DATE)) AS met,
  (SELECT COUNT(*) FROM accord_per_key WHERE yes_rows = 0 AND unknown_rows > 0) AS unknown,
  (SELECT COUNT(*) FROM accord_counted WHERE on_day IS NULL) AS undated,
  (SELECT COUNT(*) FROM accord_judged WHERE verdict = 'yes' AND (key_1 IS NULL OR key_2 IS NULL)) AS without_key

-- dbt: counts_as_pipeline
-- a-word, criterion counts_as_pipeline, version 3
-- digest 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
-- Do not edit: ask the registry again when a newer version is in force.
{{ config(meta={'term': 'a-word', 'criterion': 'counts_as_pipeline', 'version': 3, 'digest': '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}) }}

select
  *,
  CASE (
    (
      amount > 0
      AND close_in_days IS NOT NULL
      AND close_in_days >= 0
      AND buying_group_size >= 1
      AND NOT contract_signed
      AND loss_reason IS NULL
    )
    AND stage_order BETWEEN 4 AND 7
    AND type IN ('new_business', 'expansion')
  )
    WHEN TRUE THEN 'yes'
    WHEN FALSE THEN 'no'
    ELSE 'unknown'
  END as counts_as_pipeline_verdict
from {{ ref('opportunity') }}

-- case: is_open_opportunity
CASE (
  amount > 0
  AND close_in_days IS NOT NULL
  AND close_in_days >= 0
  AND buying_group_size >= 1
  AND NOT contract_signed
  AND loss_reason IS NULL
)
  WHEN TRUE THEN 'yes'
  WHEN FALSE THEN 'no'
  ELSE 'unknown'
END

-- count: is_open_opportunity
WITH accord_judged AS (
  SELECT
    account_domain AS key_1,
    purchase AS key_2,
    CASE (
      amount > 0
      AND close_in_days IS NOT NULL
      AND close_in_days >= 0
      AND buying_group_size >= 1
      AND NOT contract_signed
      AND loss_reason IS NULL
    )
      WHEN TRUE THEN 'yes'
      WHEN FALSE THEN 'no'
      ELSE 'unknown'
    END AS verdict
  FROM "my-project".Crm.opportunity
),
accord_per_key AS (
  SELECT
    key_1,
    key_2,
    COUNT(CASE WHEN verdict = 'yes' THEN 1 END) AS yes_rows,
    COUNT(CASE WHEN verdict = 'unknown' THEN 1 END) AS unknown_rows
  FROM accord_judged
  WHERE key_1 IS NOT NULL AND key_2 IS NOT NULL
  GROUP BY key_1, key_2
),
accord_counted AS (
  SELECT key_1, key_2
  FROM accord_judged
  WHERE verdict = 'yes' AND key_1 IS NOT NULL AND key_2 IS NOT NULL
  GROUP BY key_1, key_2
)
SELECT
  (SELECT COUNT(*) FROM accord_counted) AS met,
  (SELECT COUNT(*) FROM accord_per_key WHERE yes_rows = 0 AND unknown_rows > 0) AS unknown,
  0 AS undated,
  (SELECT COUNT(*) FROM accord_judged WHERE verdict = 'yes' AND (key_1 IS NULL OR key_2 IS NULL)) AS without_key

-- dbt: is_open_opportunity
-- a-word, criterion is_open_opportunity, version 3
-- digest 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
-- Do not edit: ask the registry again when a newer version is in force.
{{ config(meta={'term': 'a-word', 'criterion': 'is_open_opportunity', 'version': 3, 'digest': '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}) }}

select
  *,
  CASE (
    amount > 0
    AND close_in_days IS NOT NULL
    AND close_in_days >= 0
    AND buying_group_size >= 1
    AND NOT contract_signed
    AND loss_reason IS NULL
  )
    WHEN TRUE THEN 'yes'
    WHEN FALSE THEN 'no'
    ELSE 'unknown'
  END as is_open_opportunity_verdict
from {{ ref('opportunity') }}

-- case: in_profile
CASE (icp_fit IN ('A', 'B'))
  WHEN TRUE THEN 'yes'
  WHEN FALSE THEN 'no'
  ELSE 'unknown'
END

-- count: in_profile
WITH accord_judged AS (
  SELECT
    email AS key_1,
    CASE (icp_fit IN ('A', 'B'))
      WHEN TRUE THEN 'yes'
      WHEN FALSE THEN 'no'
      ELSE 'unknown'
    END AS verdict
  FROM "my-project".Crm.lead
),
accord_per_key AS (
  SELECT
    key_1,
    COUNT(CASE WHEN verdict = 'yes' THEN 1 END) AS yes_rows,
    COUNT(CASE WHEN verdict = 'unknown' THEN 1 END) AS unknown_rows
  FROM accord_judged
  WHERE key_1 IS NOT NULL
  GROUP BY key_1
),
accord_counted AS (
  SELECT key_1
  FROM accord_judged
  WHERE verdict = 'yes' AND key_1 IS NOT NULL
  GROUP BY key_1
)
SELECT
  (SELECT COUNT(*) FROM accord_counted) AS met,
  (SELECT COUNT(*) FROM accord_per_key WHERE yes_rows = 0 AND unknown_rows > 0) AS unknown,
  0 AS undated,
  (SELECT COUNT(*) FROM accord_judged WHERE verdict = 'yes' AND (key_1 IS NULL)) AS without_key

-- dbt: in_profile
-- a-word, criterion in_profile, version 3
-- digest 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
-- Do not edit: ask the registry again when a newer version is in force.
{{ config(meta={'term': 'a-word', 'criterion': 'in_profile', 'version': 3, 'digest': '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}) }}

select
  *,
  CASE (icp_fit IN ('A', 'B'))
    WHEN TRUE THEN 'yes'
    WHEN FALSE THEN 'no'
    ELSE 'unknown'
  END as in_profile_verdict
from {{ ref('lead') }}

