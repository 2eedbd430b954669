/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_credentials.c - who may read the metrics, and how often that is looked into.
 */
#include <crypt.h>

#include "unit.h"
#include "app/credentials.h"
#include "base/types.h"

/* A configuration with one user; the hash is as cheap as bcrypt allows. */
static struct web_config config_of(struct web_user *user, const char *password)
{
	static struct crypt_data data;

	user->name = "reader";
	user->hash = crypt_r(password, "$2b$04$abcdefghijklmnopqrstuu", &data);
	assert_non_null(user->hash);
	return (struct web_config){.user = user, .users = 1};
}

static void only_the_right_password_opens(void **state)
{
	struct web_user user;
	struct web_config config = config_of(&user, "secret");
	struct credentials c = {0};
	uint64_t now = 0;

	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(credentials_check(&c, &config, "reader", "secret", now),
				 CREDENTIALS_RIGHT);
		assert_int_equal(credentials_check(&c, &config, "reader", "Secret", now),
				 CREDENTIALS_WRONG);
		assert_int_equal(credentials_check(&c, &config, "reader", "", now += NSEC_PER_SEC),
				 CREDENTIALS_WRONG);
		assert_int_equal(credentials_check(&c, &config, "reade", "secret", now),
				 CREDENTIALS_WRONG);
		assert_int_equal(credentials_check(&c, &config, "", "", now), CREDENTIALS_WRONG);
		now += NSEC_PER_SEC;
	}
	credentials_clear(&c);
}

static void guesses_are_few_in_a_second_and_stop_nobody(void **state)
{
	struct web_user user;
	struct web_config config = config_of(&user, "secret");
	struct credentials c = {0};
	unsigned int checked = 0;

	(void)state;
	assert_int_equal(credentials_check(&c, &config, "reader", "secret", 0), CREDENTIALS_RIGHT);
	for (int i = 0; i < 100; i++)
		checked +=
			credentials_check(&c, &config, "reader", "guess", 0) == CREDENTIALS_WRONG;
	assert_int_equal(checked, 3);
	/* Who was right before is let in all the time. */
	assert_int_equal(credentials_check(&c, &config, "reader", "secret", 0), CREDENTIALS_RIGHT);
	assert_int_equal(credentials_check(&c, &config, "reader", "guess", 0),
			 CREDENTIALS_TOO_MANY);
	assert_int_equal(credentials_check(&c, &config, "reader", "guess", NSEC_PER_SEC),
			 CREDENTIALS_WRONG);
	credentials_clear(&c);
}

/* A clock by which each check takes a second. */
static uint64_t slow_clock(void)
{
	static uint64_t now;

	return now += NSEC_PER_SEC;
}

static void hashes_that_cost_much_are_checked_seldom(void **state)
{
	struct web_user user;
	struct web_config config = config_of(&user, "secret");
	struct credentials c = {.clock = slow_clock};
	unsigned int checked = 0;
	uint64_t now = 100 * NSEC_PER_SEC;

	(void)state;
	assert_int_equal(credentials_check(&c, &config, "reader", "secret", now),
			 CREDENTIALS_RIGHT);
	for (int i = 0; i < 1000; i++, now += NSEC_PER_SEC / 10) {
		checked +=
			credentials_check(&c, &config, "reader", "guess", now) == CREDENTIALS_WRONG;
		assert_int_equal(credentials_check(&c, &config, "reader", "secret", now),
				 CREDENTIALS_RIGHT);
	}
	assert_uint_in_range(checked, 19, 21);
	credentials_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_right_password_opens),
		cmocka_unit_test(guesses_are_few_in_a_second_and_stop_nobody),
		cmocka_unit_test(hashes_that_cost_much_are_checked_seldom),
	};

	return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
