/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_container.c - the shapes of paths that engines make for the cgroups of containers, and those
 * that look like one and are none.
 */
#include "proc/container.h"
#include "proc_tree.h"

#define ID    "4f0c2a9d1b7e83c65a1d90fe2c4b8a7730e5d6f1928c3b4a5f6e7d8091a2b3c4"
#define OUTER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define POD   "1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809"
#define POD_  "1a2b3c4d_5e6f_7081_92a3_b4c5d6e7f809"
#define USER  "/user.slice/user-1000.slice/user@1000.service/"

static void containers_are_known_by_their_paths(void **state)
{
	static const char *const paths[] = {
		/* Docker: cgroupfs, a parent of the user's, systemd, rootless, systemd inside */
		"/docker/" ID,
		"/mine/of-docker/" ID,
		"/system.slice/docker-" ID ".scope",
		USER "user.slice/docker-" ID ".scope",
		"/docker/" ID "/system.slice/nginx.service",
		"/system.slice/docker-" ID ".scope/init.scope",
		/* as seen from another container: its cgroup namespace begins at its own */
		"/../" ID,
		"/../docker-" ID ".scope",
		/* Docker in Docker, kind */
		"/docker/" OUTER "/docker/" ID,
		"/docker/" OUTER "/kubelet/kubepods/besteffort/pod" POD "/" ID,
		"/system.slice/docker-" OUTER ".scope/kubelet.slice/kubelet-kubepods.slice/"
		"kubelet-kubepods-pod" POD_ ".slice/cri-containerd-" ID ".scope",
		/* containerd, by nerdctl */
		"/default/" ID,
		"/system.slice/nerdctl-" ID ".scope",
		USER "user.slice/nerdctl-" ID ".scope",
		/* Kubernetes: cgroupfs, of the three classes of pods */
		"/kubepods/pod" POD "/" ID,
		"/kubepods/burstable/pod" POD "/" ID,
		"/kubepods/besteffort/pod1f2e3d4c5b6a79880011223344556677/" ID,
		/* systemd, with containerd, CRI-O, and Docker by cri-dockerd */
		"/kubepods.slice/kubepods-pod" POD_ ".slice/cri-containerd-" ID ".scope",
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_
		".slice/cri-containerd-" ID ".scope",
		"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_
		".slice/crio-" ID ".scope",
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_
		".slice/crio-" ID ".scope/container",
		"/kubepods.slice/kubepods-pod" POD_ ".slice/docker-" ID ".scope",
		/* CRI-O with cgroupfs */
		"/kubepods/burstable/pod" POD "/crio-" ID,
		/* the kubelet thinks of systemd, the runtime does not */
		"/system.slice/containerd.service/kubepods-burstable-pod" POD_
		".slice:cri-containerd:" ID,
		"/kubepods-besteffort-pod" POD_ ".slice:crio:" ID,
		"/system.slice:docker:" ID,
		/* Podman: systemd, with crun's own below it, rootless, in a pod, cgroupfs, split */
		"/machine.slice/libpod-" ID ".scope",
		"/machine.slice/libpod-" ID ".scope/container",
		USER "user.slice/libpod-" ID ".scope/container",
		"/machine.slice/machine-libpod_pod_" OUTER ".slice/libpod-" ID ".scope/container",
		"/libpod_parent/libpod-" ID,
		"/libpod_parent/" ID,
		"/system.slice/web.service/libpod-payload-" ID,
		/* what is in it, and no container */
		"/docker/" ID "/" OUTER "x",
		/* of one that has been removed */
		"/docker/" ID " (deleted)",
		"/system.slice/docker-" ID ".scope (deleted)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char id[CONTAINER_ID_LEN] = "?";

		if (!container_id_of_path(paths[i], id) || strcmp(id, ID))
			fail_msg("%s: '%s'", paths[i], id);
	}
}

static void what_is_no_container_has_no_id(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"/init.scope",
		"/system.slice/nginx.service",
		"/system.slice/docker.service",
		USER "app.slice/app-org.gnome.Terminal.slice/vte-spawn-" POD ".scope",
		"/docker",
		"/docker/buildkit/u2m1l0b9x8w7v6t5s4r3q2p1o",
		"/lxc.payload.web/system.slice/nginx.service",
		"/machine.slice/systemd-nspawn@web.service/payload",
		/* who watches over a container is not in it; a pod is none */
		"/machine.slice/libpod-conmon-" ID ".scope",
		"/kubepods.slice/kubepods-pod" POD_ ".slice/crio-conmon-" ID ".scope",
		"/machine.slice/machine-libpod_pod_" ID ".slice",
		"/kubepods/burstable/pod" POD,
		"/kubepods/besteffort/pod1f2e3d4c5b6a79880011223344556677",
		/* a digit too few, one too many, and digits that are none */
		"/docker/4f0c2a9d1b7e83c65a1d90fe2c4b8a7730e5d6f1928c3b4a5f6e7d8091a2b3c",
		"/docker/" ID "0",
		"/docker/4F0C2A9D1B7E83C65A1D90FE2C4B8A7730E5D6F1928C3B4A5F6E7D8091A2B3C4",
		"/docker/g" ID,
		/* an id behind or before what no engine writes */
		"/system.slice/backup-" ID ".scope",
		"/system.slice/docker-" ID ".service",
		"/system.slice/docker-" ID ".scope.d",
		"/system.slice/-" ID ".scope",
		"/system.slice/xdocker-" ID ".scope",
		"/a.slice:" ID,
		"/a.slice:docker-" ID,
		"/a.slice:web:" ID,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char id[CONTAINER_ID_LEN] = "?";
		bool named = container_id_of_path(paths[i], id);

		if (named || strcmp(id, "?"))
			fail_msg("%s: '%s'", paths[i], id);
	}
}

static void any_hierarchy_may_name_the_container(void **state)
{
	static const struct {
		const char *text, *id;
	} files[] = {
		{"0::/system.slice/docker-" ID ".scope\n", ID},
		{"0::/system.slice/docker-" ID ".scope", ID},
		/* v1, as Docker makes them all */
		{"12:pids:/docker/" ID "\n11:cpu,cpuacct:/docker/" ID "\n1:name=systemd:/docker/" ID
		 "\n",
		 ID},
		/* hybrid: v2 is systemd's alone */
		{"9:name=systemd:/system.slice/containerd.service\n8:memory:/kubepods/pod" POD
		 "/" ID "\n0::/system.slice/containerd.service\n",
		 ID},
		/* an engine that did not care for v1 */
		{"3:rdma:/\n2:pids:/user.slice\n0::/machine.slice/libpod-" ID ".scope\n", ID},
		/* a path with colons */
		{"2:pids:/a.slice:cri-containerd:" ID "\n", ID},
		{"0::/\n", NULL},
		{"4:memory:/\n0::/init.scope\n", NULL},
		{"", NULL},
		{"\n\n", NULL},
		{"no colon " ID, NULL},
		{"one:" ID "\n", NULL},
		/* an id in the name of a hierarchy is nobody's */
		{"1:name=/" ID ":/\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char id[CONTAINER_ID_LEN] = "?";
		bool named = container_id_of_text(files[i].text, id);

		if (named != !!files[i].id || strcmp(id, named ? files[i].id : "?"))
			fail_msg("%zu: '%s'", i, id);
	}
}

static void a_process_is_asked_for_its_container(void **state)
{
	char id[CONTAINER_ID_LEN] = "?";

	(void)state;
	put("7/cgroup", "2:pids:/\n0::/docker/" ID "\n");
	assert_int_equal(proc_container(7, id), 0);
	assert_string_equal(id, ID);
	put("8/cgroup", "0::/user.slice\n");
	assert_int_equal(proc_container(8, id), 0);
	assert_string_equal(id, "");
	strcpy(id, "?");
	assert_int_equal(proc_container(9, id), -ESRCH);
	assert_string_equal(id, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_known_by_their_paths),
		cmocka_unit_test(what_is_no_container_has_no_id),
		cmocka_unit_test(any_hierarchy_may_name_the_container),
		made_up(a_process_is_asked_for_its_container),
	};

	return cmocka_run_group_tests_name("container", tests, NULL, NULL);
}
