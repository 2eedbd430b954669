/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_web_config.c - the file about TLS and users: what is taken, and that nothing is overlooked.
 */
#include <fcntl.h>
#include <unistd.h>

#include "unit.h"
#include "app/web_config.h"

#define HASH_OF(cost) "$2b$" cost "$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u"
#define HASH	      HASH_OF("10")

static char folder[] = "/tmp/test_web_config.XXXXXX";
static char path[64];

/* Writes a file of the folder. */
static void write_file(const char *name, const char *text)
{
	char file[64];
	FILE *out;

	snprintf(file, sizeof(file), "%s/%s", folder, name);
	out = fopen(file, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

/* Reads a configuration from a text; its lines on stderr are not looked at. */
static int read_text(const char *text, struct web_config *config)
{
	int err, keep = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

	write_file("web.yml", text);
	dup2(null, STDERR_FILENO);
	err = web_config_read(path, config);
	dup2(keep, STDERR_FILENO);
	close(keep);
	close(null);
	return err;
}

static void what_it_says_is_taken(void **state)
{
	struct web_config c;

	(void)state;
	assert_int_equal(read_text("tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n"
				   "  client_ca_file: ca.pem\n  min_version: TLS13\n"
				   "  client_auth_type: RequireAndVerifyClientCert\n"
				   "http_server_config:\n  http2: false\n"
				   "basic_auth_users:\n  a: " HASH "\n  \"b c\": '" HASH "'\n",
				   &c),
			 0);
	assert_string_equal(c.cert, "certificate");
	assert_string_equal(c.key, "key");
	assert_string_equal(c.client_ca, "authority");
	assert_true(c.only_tls_1_3);
	assert_int_equal(c.users, 2);
	assert_string_equal(c.user[1].name, "b c");
	assert_string_equal(c.user[1].hash, HASH);
	web_config_clear(&c);
}

static void an_empty_one_asks_for_nothing(void **state)
{
	struct web_config c;

	(void)state;
	assert_int_equal(read_text("", &c), 0);
	assert_null(c.cert);
	assert_int_equal(c.users, 0);
	assert_int_equal(read_text("# nothing\n", &c), 0);
}

static void what_is_not_understood_is_refused(void **state)
{
	static const char *const wrong[] = {
		"tls_server_confg:\n  cert_file: c.pem\n",
		"tls_server_config:\n  cert_file: c.pem\n",
		"tls_server_config:\n  key_file: k.pem\n",
		"tls_server_config:\n  cert_file: c.pem\n  key_file: none.pem\n",
		"tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n  min_version: TLS10\n",
		"tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n  cipher_suites: [A]\n",
		("tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n"
		 "  client_auth_type: RequestClientCert\n"),
		"tls_server_config:\n  cert_file: [c.pem]\n  key_file: k.pem\n",
		"tls_server_config: cert.pem\n",
		"tls_server_config:\n  client_ca_file: ca.pem\n",
		"basic_auth_users:\n  a: secret\n",
		"basic_auth_users:\n  a: $2b$short\n",
		"basic_auth_users:\n  a: " HASH_OF("03") "\n",
		"basic_auth_users:\n  a: " HASH_OF("17") "\n",
		"basic_auth_users:\n  a: " HASH_OF("31") "\n",
		"basic_auth_users:\n  a: " HASH "\n  b: " HASH_OF("99") "\n",
		"basic_auth_users:\n  a: " HASH_OF("+9") "\n",
		"basic_auth_users:\n  a:\n",
		"basic_auth_users: [a]\n",
		"http_server_config:\n  http2: true\n",
		"http_server_config:\n  headers:\n    A: b\n",
		"- a\n",
		"a: [\n",
		"\x01",
		"word\n",
	};
	struct web_config c;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_not_equal(read_text(wrong[i], &c), 0);
		assert_null(c.cert);
		assert_int_equal(c.users, 0);
	}
}

static void a_hash_that_takes_seconds_at_most_is_taken(void **state)
{
	struct web_config c;

	(void)state;
	assert_int_equal(
		read_text("basic_auth_users:\n  a: " HASH_OF("04") "\n  b: " HASH_OF("16") "\n",
			  &c),
		0);
	assert_int_equal(c.users, 2);
	web_config_clear(&c);
}

static void one_that_is_not_there_is_an_error(void **state)
{
	struct web_config c;

	(void)state;
	assert_int_not_equal(web_config_read("/nowhere/web.yml", &c), 0);
}

/* Makes the folder and the files that configurations name. */
static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/web.yml", folder);
	write_file("c.pem", "certificate");
	write_file("k.pem", "key");
	write_file("ca.pem", "authority");
	return 0;
}

/* Removes them. */
static int remove_files(void **state)
{
	static const char *const names[] = {"c.pem", "k.pem", "ca.pem", "web.yml"};
	char file[64];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, names[i]);
		unlink(file);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_is_taken),
		cmocka_unit_test(an_empty_one_asks_for_nothing),
		cmocka_unit_test(what_is_not_understood_is_refused),
		cmocka_unit_test(a_hash_that_takes_seconds_at_most_is_taken),
		cmocka_unit_test(one_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests_name("web_config", tests, make_files, remove_files);
}
