// server                 answers every connection to port 8080 with its host name; ends a second after it is told to.
// server ADDRESS PORT    prints what answers there.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what) {
    perror(what);
    return 1;
}

static void drain(int signal) {
    (void)signal;
    static const char asked[] = "asked to end\n", drained[] = "drained\n";
    (void)!write(1, asked, sizeof asked - 1);
    sleep(1);
    (void)!write(1, drained, sizeof drained - 1);
    _exit(0);
}

static void answer(int connection) {
    char request[4096], response[512], name[256] = "";
    (void)!read(connection, request, sizeof request);
    gethostname(name, sizeof name - 1);
    int length = snprintf(response, sizeof response,
                          "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(name), name);
    (void)!write(connection, response, length);
    close(connection);
}

static int serve(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64))
        return fail("port 8080");
    signal(SIGTERM, drain);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("listening");
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection >= 0)
            answer(connection);
    }
}

static int ask(const char *host, const char *port) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return fail("address");
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address))
        return fail("connect");
    (void)!write(connection, request, sizeof request - 1);
    char response[4096];
    for (ssize_t length; (length = read(connection, response, sizeof response)) > 0;)
        (void)!write(1, response, length);
    return 0;
}

int main(int count, char **words) {
    return count == 3 ? ask(words[1], words[2]) : serve();
}
